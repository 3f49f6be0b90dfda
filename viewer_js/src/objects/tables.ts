/** The tables of a presentation state for the images it speaks of (PS3.4 N.2). */

import type { Frame } from "../stream/stack";
import type { StateTables } from "../viewport/picture";
import type { Table, Window } from "../viewport/window";
import { refersTo } from "./layers_of";
import type { Presentation, ToldTable } from "./types";

function tableOf({ first, highest, entries }: ToldTable): Table {
  return { first, highest, entries: Uint16Array.from(entries) };
}

/** null: it has none for this frame, or is meant for values that we do not make. */
export function tablesOf(state: Presentation, frame: Frame): StateTables | null {
  const { rescale, tables = [], presentation_table: told = null } = state;
  const own = tables.find(({ images }) => images.length === 0 || refersTo(images, frame));
  if (!rescale || !(own || told)) return null;
  const presentation = told && tableOf(told);
  const voi = own ? tableOf(own) : null;
  return {
    whole: { rescale, voi, presentation },
    behind: presentation && { rescale, voi: null, presentation },
    range: voi && rangeOf(voi, rescale, frame),
  };
}

/** The window from the first to the last entry, in the image's own values. */
function rangeOf(
  { first, entries }: Table,
  [slope, intercept]: readonly [number, number],
  frame: Frame,
): Window {
  const inImage = (input: number) => ((input - intercept) / slope) * frame.slope + frame.intercept;
  const [low, high] = [inImage(first), inImage(first + entries.length - 1)];
  return { center: (low + high) / 2, width: Math.max(Math.abs(high - low), 1), function: "LINEAR_EXACT" };
}
