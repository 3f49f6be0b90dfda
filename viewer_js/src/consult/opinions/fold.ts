/** Events of what comes of a consult, applied to the state. */

import type { ConsultResubmitted } from "../event_types";
import type { Consult, RoomState } from "../wire";

/** The changed fields, and the questions that were said better. */
export function resubmitted(state: RoomState, { data }: ConsultResubmitted): RoomState {
  const words = new Map(data.questions.map(({ id, text }) => [id, text]));
  const questions = state.consult.questions.map((question) => ({
    ...question,
    text: words.get(question.id) ?? question.text,
  }));
  return { ...state, consult: { ...state.consult, ...(data.consult as Partial<Consult>), questions } };
}
