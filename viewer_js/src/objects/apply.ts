/** Puts a viewport's image as a presentation state says: window, turning, flip, inversion, displayed area. */

import { batch } from "@preact/signals";
import type { Frame, OpenStudy, Stack } from "../stream/stack";
import { fitScale, type ImagePlane, type Placement, type Size } from "../viewport/geometry";
import type { ViewportModel } from "../viewport/model";
import type { StateTables } from "../viewport/picture";
import type { Window } from "../viewport/window";
import { areaOf, refersTo } from "./layers_of";
import { tablesOf } from "./tables";
import type { Presentation } from "./types";

/**
 * The state's window is meant for values as the state's own Modality LUT makes them, identity where it has none
 * (PS3.4 N.2); ours is for those of the image's.
 */
export function windowOf({ windows, rescale }: Presentation, frame: Frame): Window | null {
  const own = windows.find(({ images }) => images.length === 0 || refersTo(images, frame));
  if (!own || !rescale) return null;
  const [slope, intercept] = rescale;
  if (slope === frame.slope && intercept === frame.intercept) {
    return { center: own.center, width: own.width, function: own.function };
  }
  return {
    center: ((own.center - intercept) / slope) * frame.slope + frame.intercept,
    width: (own.width / slope) * frame.slope,
    function: own.function,
  };
}

/** Shape and table are meant from the values as they are, whichever way the image itself says they are shown (C.11.6). */
export function invertOf({ inverse, presentation_table: table }: Presentation, frame: Frame): boolean {
  if (table) return frame.instance.inverse;
  return inverse !== null && inverse !== frame.instance.inverse;
}

export function placementOf(state: Presentation, frame: Frame, plane: ImagePlane, size: Size): Placement {
  const { rotation, flip } = state;
  const area = areaOf(state, frame);
  const whole: Placement = { zoom: 1, centre: [plane.columns / 2, plane.rows / 2], rotation, flip };
  if (!area || size.width === 0) return whole;
  const [left, right] = ends(area.top_left[0], area.bottom_right[0]);
  const [top, bottom] = ends(area.top_left[1], area.bottom_right[1]);
  if (left <= 0 && top <= 0 && right >= plane.columns && bottom >= plane.rows) return whole;
  const part = { ...plane, columns: Math.max(1, right - left), rows: Math.max(1, bottom - top) };
  const zoom = fitScale(part, size, rotation) / fitScale(plane, size, rotation);
  return { zoom, centre: [(left + right) / 2, (top + bottom) / 2], rotation, flip };
}

function ends(one: number, other: number): [number, number] {
  return [Math.min(one, other) - 1, Math.max(one, other)];
}

/** The first frame the state speaks of, unless the viewport shows one already. */
function found(state: Presentation, study: OpenStudy, viewport: ViewportModel): [Stack, Frame] | null {
  const now = viewport.frame.peek();
  const shown = viewport.stack.peek();
  if (now && shown && refersTo(state.images, now)) return [shown, now];
  for (const stack of study.stacks) {
    const frame = stack.frames.find((one) => refersTo(state.images, one));
    if (frame) return [stack, frame];
  }
  return null;
}

interface Look {
  readonly window: Window | null;
  readonly tables: StateTables | null;
}

function lookOf(state: Presentation, frame: Frame): Look {
  const tables = tablesOf(state, frame);
  return { tables, window: tables?.range ?? windowOf(state, frame) };
}

/** Each image of a state may have a window or table of its own. One object for each, so that caches can compare it. */
function looksBy(state: Presentation): (frame: Frame) => Look {
  const made = new WeakMap<Frame, Look>();
  return (frame) => {
    const known = made.get(frame) ?? lookOf(state, frame);
    made.set(frame, known);
    return known;
  };
}

/** False: none of its images is open here. */
export function applyPresentation(state: Presentation, study: OpenStudy, viewport: ViewportModel): boolean {
  const place = found(state, study, viewport);
  if (!place) return false;
  const [stack, frame] = place;
  batch(() => {
    viewport.show(stack, frame.index);
    const look = looksBy(state);
    viewport.chooseOwn(0);
    viewport.windowFor.value = (one) => look(one).window;
    viewport.tablesFor.value = (one) => look(one).tables;
    viewport.invert.value = invertOf(state, frame);
    viewport.place(() => placementOf(state, frame, viewport.plane.peek(), viewport.size.peek()));
  });
  return true;
}
