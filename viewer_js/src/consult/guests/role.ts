import type { Room } from "../room";
import type { RoomState } from "../wire";

/** Somebody invited without an account: pages beside the room are not for them. */
export function isGuest(room: Pick<Room, "config">): boolean {
  return room.config.person.roles?.some((role) => role.endsWith("guest")) ?? false;
}

/** A guest who may not know the patient gets no files, and adds none. */
export function isNameless(room: Room, { consult }: RoomState): boolean {
  return isGuest(room) && consult.patient.name === "";
}
