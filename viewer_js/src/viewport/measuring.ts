/** The values of a mark: from what is here, or from the server where the stored values are not. */

import { rulerOf, withGeometry } from "../annotations/label";
import { believedArea } from "../annotations/measure";
import {
  type Annotation,
  isRegion,
  type Point,
  type ProbeAnnotation,
  type ProbeValues,
  type RegionAnnotation,
  type RegionValues,
} from "../annotations/model";
import {
  areaOf,
  histogramOf,
  regionOf,
  type StoredImage,
  valueAt,
  valuesInside,
} from "../annotations/regions";
import { askStatistics } from "../api/statistics";
import type { FrameStore } from "../stream/frame_store";
import type { Frame } from "../stream/stack";

function imageHere(store: FrameStore, frame: Frame): StoredImage | null {
  const { full } = store.entry(frame);
  if (full?.kind !== "stored") return null;
  const { rows, columns, unit } = frame.instance;
  const { slope, intercept } = frame;
  return { values: full.values, rows, columns, slope, intercept, unit };
}

/** Colours, also those of a palette, are no values. */
function isColour({ instance: { samples, photometric } }: Frame): boolean {
  return samples > 1 || !photometric.startsWith("MONOCHROME");
}

function uptake({ instance: { suv_factor } }: Frame): { suv_factor?: number } {
  return suv_factor === undefined ? {} : { suv_factor };
}

/** Undefined: the stored values are not here. Null: no pixel lies inside. */
function regionHere(
  store: FrameStore,
  frame: Frame,
  mark: RegionAnnotation,
): RegionValues | null | undefined {
  const image = imageHere(store, frame);
  const found = image && regionOf(image, rulerOf(frame), mark);
  return image ? found && { ...found, ...uptake(frame) } : undefined;
}

function probeHere(store: FrameStore, frame: Frame, { points }: ProbeAnnotation): ProbeValues | undefined {
  const image = imageHere(store, frame);
  if (!image) return undefined;
  return { value: valueAt(image, points[0] ?? [0, 0]), unit: image.unit, ...uptake(frame) };
}

/** More pixels are not counted between two drawings of a moving mark: its values come when it is let go. */
const AT_ONCE = 2 ** 20;

function boxOf(points: readonly Point[]): number {
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  return (Math.max(...xs) - Math.min(...xs)) * (Math.max(...ys) - Math.min(...ys));
}

/** The mark with the values that can be had at once, for a mark that is being drawn or moved. */
export function measuredHere(store: FrameStore, frame: Frame, mark: Annotation): Annotation {
  if (mark.values !== null || isColour(frame) || boxOf(mark.points) > AT_ONCE) return mark;
  if (isRegion(mark)) return { ...mark, values: regionHere(store, frame, mark) ?? null };
  if (mark.kind === "probe") return { ...mark, values: probeHere(store, frame, mark) ?? null };
  return mark;
}

async function region(store: FrameStore, frame: Frame, mark: RegionAnnotation, csrf: string) {
  const here = isColour(frame) ? undefined : regionHere(store, frame, mark);
  if (here !== undefined) return here;
  const { histogram: _, colour, ...asked } = await askStatistics(frame, mark, csrf);
  if (asked.count === 0) return null;
  const ruler = rulerOf(frame);
  return {
    ...asked,
    area_mm2: areaOf(ruler, mark),
    ...believedArea(ruler),
    ...uptake(frame),
    ...(colour ? { colour } : {}),
  };
}

async function probe(store: FrameStore, frame: Frame, mark: ProbeAnnotation, csrf: string) {
  const here = isColour(frame) ? undefined : probeHere(store, frame, mark);
  if (here !== undefined) return here;
  const { count, mean, unit, colour } = await askStatistics(frame, mark, csrf);
  return { value: count > 0 ? mean : null, unit, ...uptake(frame), ...(colour ? { colour } : {}) };
}

/** The mark with its values; a failed question leaves them out, the mark itself is kept. */
export async function measured(
  store: FrameStore,
  frame: Frame | null,
  mark: Annotation,
  csrf: string,
): Promise<Annotation> {
  if (!frame) return mark;
  if (isRegion(mark)) return { ...mark, values: await region(store, frame, mark, csrf).catch(() => null) };
  if (mark.kind === "probe") {
    return { ...mark, values: await probe(store, frame, mark, csrf).catch(() => null) };
  }
  return withGeometry(mark, rulerOf(frame));
}

/** How often each step between a region's smallest and largest value occurs; null for colour and empty regions. */
export async function histogram(
  store: FrameStore,
  frame: Frame,
  mark: RegionAnnotation,
  csrf: string,
): Promise<readonly number[] | null> {
  if (isColour(frame)) return null;
  const image = imageHere(store, frame);
  if (!image) return (await askStatistics(frame, mark, csrf)).histogram;
  const values = [...valuesInside(image, mark)];
  return values.length > 0 ? histogramOf(values) : null;
}
