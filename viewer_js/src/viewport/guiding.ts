/** The geometry of guides.ts: where planes cut, and where a point of the patient lies in another image. */

import { batch } from "@preact/signals";
import type { Point } from "../annotations/model";
import type { Vector3 } from "../api/manifest";
import type { Frame } from "../stream/stack";
import type { PatientPoint, ShownCursor } from "./guides";
import type { ViewportModel } from "./model";
import { crossing, nearestFrame, planeOf, shareSpace, toImage, toPatient } from "./patient_space";

/** Ends of a slice's line in another, in the image coordinates of `of`. */
export function lineIn(of: Frame, by: Frame): readonly [Point, Point] | null {
  if (!shareSpace(of, by)) return null;
  const [here, there] = [planeOf(of), planeOf(by)];
  const cut = here && there && crossing(here, there);
  const ends = cut?.map((xyz) => toImage(of, xyz)?.point);
  return ends?.[0] && ends[1] ? [ends[0], ends[1]] : null;
}

export function cursorIn(cursor: PatientPoint, frame: Frame): ShownCursor | null {
  return shareSpace(cursor.frame, frame) ? toImage(frame, cursor.xyz) : null;
}

/** The point of the patient under a point of an image, all others of the same space scrolled to it; null: it has no place. */
export function pointed(
  viewport: ViewportModel,
  point: Point,
  shown: readonly ViewportModel[],
): PatientPoint | null {
  const frame = viewport.frame.peek();
  const xyz = frame && toPatient(frame, point);
  if (!frame || !xyz || !frame.instance.frame_of_reference_uid) return null;
  batch(() => {
    for (const other of shown) if (other !== viewport) scrollToPoint(other, frame, xyz);
  });
  return { xyz, frame };
}

function scrollToPoint(viewport: ViewportModel, from: Frame, xyz: Vector3): void {
  const [frame, stack] = [viewport.frame.peek(), viewport.stack.peek()];
  if (!frame || !stack || !shareSpace(from, frame)) return;
  const nearest = nearestFrame(stack.frames, xyz);
  if (nearest !== null) viewport.scrollTo(nearest);
}
