/** Events of what comes of a consult, applied to the state. */

import type {
  ConsultResubmitted,
  DecisionRecorded,
  OutcomeReported,
  OutcomeWanted,
  ReaderConsented,
  ReaderEnded,
  ReaderInvited,
  ReadingGiven,
} from "../event_types";
import type { Consult, Opinions, Reader, RoomState } from "../wire";

export const NO_OPINIONS: Opinions = { decision: null, outcome: null, wanted_at: null, readers: [] };

/** The changed fields, and the questions that were said better. */
export function resubmitted(state: RoomState, { data }: ConsultResubmitted): RoomState {
  const words = new Map(data.questions.map(({ id, text }) => [id, text]));
  const questions = state.consult.questions.map((question) => ({
    ...question,
    text: words.get(question.id) ?? question.text,
  }));
  return { ...state, consult: { ...state.consult, ...(data.consult as Partial<Consult>), questions } };
}

/** Said again, the newer words stand. */
export function followedUp(
  state: RoomState,
  event: DecisionRecorded | OutcomeReported | OutcomeWanted,
): RoomState {
  return { ...state, opinions: { ...(state.opinions ?? NO_OPINIONS), ...told(event) } };
}

function told(event: DecisionRecorded | OutcomeReported | OutcomeWanted): Partial<Opinions> {
  const { actor: by, at } = event;
  if (event.type === "decision.recorded") return { decision: { ...event.data, by, at } };
  if (event.type === "outcome.reported") return { outcome: { ...event.data, by, at } };
  return { wanted_at: at };
}

/** Who reads beside the consultant, and what each reader of the event may do now. */
export function readersChanged(
  state: RoomState,
  event: ReaderConsented | ReaderEnded | ReaderInvited | ReadingGiven,
): RoomState {
  const opinions = state.opinions ?? NO_OPINIONS;
  const consult = { ...state.consult, ...(event.data.consult as Partial<Consult>) };
  return { ...state, consult, opinions: { ...opinions, readers: readersAfter(opinions.readers, event) } };
}

function readersAfter(
  readers: readonly Reader[],
  event: ReaderConsented | ReaderEnded | ReaderInvited | ReadingGiven,
): readonly Reader[] {
  const { actor, at } = event;
  const mine = (change: Partial<Reader>): Reader[] =>
    readers.map((reader) => (reader.person.id === actor.id ? { ...reader, ...change } : reader));
  switch (event.type) {
    case "reader.consented":
      return mine({ consented_at: at });
    case "reader.ended":
      return readers.filter(({ person }) => person.id !== event.data.person_id);
    case "reader.invited":
      return [
        ...readers,
        { ...event.data.reader, invited_by: actor, invited_at: at, consented_at: null, reading: null },
      ];
    case "reading.given":
      return mine({ reading: { ...event.data.reading, at } });
  }
}

/** The words changed: nobody has signed these. */
export function unsigned(state: RoomState): RoomState {
  if (state.opinions === undefined) return state;
  const readers = state.opinions.readers.map((reader) => ({ ...reader, consented_at: null }));
  return { ...state, opinions: { ...state.opinions, readers } };
}
