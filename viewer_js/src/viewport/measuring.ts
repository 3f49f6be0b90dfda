/** The values of a mark: from what is here, or from the server where the stored values are not. */

import { rulerOf } from "../annotations/label";
import { angleOf, lengthOf, regionOf } from "../annotations/measure";
import type { Annotation, EllipseAnnotation, RegionValues } from "../annotations/model";
import { askStatistics } from "../api/statistics";
import type { FrameStore } from "../stream/frame_store";
import type { Frame } from "../stream/stack";

/** Undefined: the stored values are not here. Null: no pixel lies inside. */
export function regionHere(
  store: FrameStore,
  frame: Frame,
  { points }: EllipseAnnotation,
): RegionValues | null | undefined {
  const { full } = store.entry(frame);
  if (full?.kind !== "stored") return undefined;
  const { rows, columns, unit } = frame.instance;
  const { slope, intercept } = frame;
  return regionOf({ values: full.values, rows, columns, slope, intercept, unit }, rulerOf(frame), points);
}

async function region(store: FrameStore, frame: Frame, mark: EllipseAnnotation, csrf: string) {
  if (frame.instance.samples > 1) return null;
  const here = regionHere(store, frame, mark);
  if (here !== undefined) return here;
  const asked = await askStatistics(frame, mark, csrf);
  return asked.count > 0 ? asked : null;
}

/** The mark with its values; a failed question leaves them out, the mark itself is kept. */
export async function measured(
  store: FrameStore,
  frame: Frame | null,
  mark: Annotation,
  csrf: string,
): Promise<Annotation> {
  if (!frame) return mark;
  switch (mark.kind) {
    case "length":
      return { ...mark, values: lengthOf(rulerOf(frame), mark.points) };
    case "angle":
      return { ...mark, values: angleOf(rulerOf(frame), mark.points) };
    case "ellipse":
      return { ...mark, values: await region(store, frame, mark, csrf).catch(() => null) };
    case "arrow":
    case "text":
      return mark;
  }
}
