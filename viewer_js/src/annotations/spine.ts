/** Names of the vertebrae from above downwards, and which of them comes next. */

import type { Annotation } from "./model";

const named = (letter: string, count: number) => Array.from({ length: count }, (_, i) => `${letter}${i + 1}`);

export const VERTEBRAE: readonly string[] = [
  ...named("C", 7),
  ...named("T", 12),
  ...named("L", 5),
  ...named("S", 5),
];

/**
 * The vertebra after the one that was labelled last, in the direction of the last two (downwards when there is only
 * one). Null: none is labelled yet, or there is no further one.
 */
export function nextVertebra(marks: readonly Annotation[], studyId: string, author: string): string | null {
  const places = marks
    .filter((mark) => mark.kind === "spine_label" && mark.study_id === studyId && mark.author.id === author)
    .map(({ text }) => VERTEBRAE.indexOf(text.toUpperCase()))
    .filter((place) => place >= 0);
  const last = places.at(-1);
  if (last === undefined) return null;
  const before = places.at(-2) ?? last - 1;
  return VERTEBRAE[last + (before > last ? -1 : 1)] ?? null;
}
