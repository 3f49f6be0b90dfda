/** Events of what a case brings beside its images, applied to the state. */

import type { AttachmentAdded, AttachmentWithdrawn, LabRemoved, LabsAdded } from "../event_types";
import type { Attachments, RoomState } from "../wire";

export const NO_ATTACHMENTS: Attachments = { files: [], labs: [] };

type Filling = AttachmentAdded | AttachmentWithdrawn | LabRemoved | LabsAdded;

export function filled(state: RoomState, event: Filling): RoomState {
  return { ...state, attachments: changed(state.attachments ?? NO_ATTACHMENTS, event) };
}

function changed(held: Attachments, event: Filling): Attachments {
  switch (event.type) {
    case "attachment.added":
      return { ...held, files: [...held.files, { ...event.data, by: event.actor, at: event.at }] };
    case "attachment.withdrawn":
      return { ...held, files: held.files.filter(({ id }) => id !== event.data.id) };
    case "labs.added":
      return {
        ...held,
        labs: [...held.labs, ...event.data.values.map((lab) => ({ ...lab, by: event.actor }))],
      };
    case "lab.removed":
      return { ...held, labs: held.labs.filter(({ id }) => id !== event.data.id) };
  }
}
