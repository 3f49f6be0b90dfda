/** Events of what comes of a consult, applied to the state. */

import type { ConsultResubmitted, DecisionRecorded, OutcomeReported, OutcomeWanted } from "../event_types";
import type { Consult, Opinions, RoomState } from "../wire";

export const NO_OPINIONS: Opinions = { decision: null, outcome: null, wanted_at: null };

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
