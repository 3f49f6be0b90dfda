/** The texts that were given as the opinion and as answers, and which of them stand in the place of others. */

import type { AnswerGiven, OpinionGiven } from "../event_types";
import type { RoomState, Written } from "../wire";

/** One more text. Whoever is not told of earlier ones (guests who may not know the patient) keeps none. */
export function withText(state: RoomState, event: AnswerGiven | OpinionGiven): RoomState {
  const { opinions } = state;
  if (opinions?.written === undefined) return state;
  const { actor: by, at, data, number } = event;
  const question_id = "question_id" in data ? data.question_id : null;
  const written = [...opinions.written, { question_id, text: data.text, number, by, at }];
  return { ...state, opinions: { ...opinions, written } };
}

/** Of one answer or (null) the opinion, the newest last; what was said again in the same words counts once. */
export function textsOf({ opinions }: RoomState, questionId: string | null): Written[] {
  const texts = (opinions?.written ?? []).filter(({ question_id }) => question_id === questionId);
  return texts.filter(({ text }, index) => text !== texts[index - 1]?.text);
}

/** The number of the event that wrote what stands there; 0: nothing does. A form says which one it began from. */
export function versionOf({ opinions }: RoomState, questionId: string | null): number {
  return opinions?.written?.findLast(({ question_id }) => question_id === questionId)?.number ?? 0;
}

/** Every text that came in the place of another, in the order of giving. */
export function revisionsOf(state: RoomState): Written[] {
  const ids = new Set((state.opinions?.written ?? []).map(({ question_id }) => question_id));
  const revisions = [...ids].flatMap((id) => textsOf(state, id).slice(1));
  return revisions.sort((one, other) => one.number - other.number);
}
