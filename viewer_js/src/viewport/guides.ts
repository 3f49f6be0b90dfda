/** What one viewport says of another: where its plane cuts, and which point of the patient is meant. */

import { batch, computed, signal } from "@preact/signals";
import type { Point } from "../annotations/model";
import type { Vector3 } from "../api/manifest";
import type { Frame } from "../stream/stack";
import type { ViewportModel } from "./model";
import { crossing, nearestFrame, planeOf, shareSpace, toImage, toPatient } from "./patient_space";

interface Cursor {
  readonly xyz: Vector3;
  readonly frame: Frame;
}

export interface ShownCursor {
  readonly point: Point;
  /** millimetres off the shown slice */
  readonly distance: number;
}

export class Guides {
  /** lines of the active viewport's slice in the others */
  readonly lines = signal(true);
  readonly #cursor = signal<Cursor | null>(null);
  readonly #shown: () => readonly ViewportModel[];
  readonly #active: () => ViewportModel;

  constructor(shown: () => readonly ViewportModel[], active: () => ViewportModel) {
    this.#shown = shown;
    this.#active = active;
  }

  readonly hasCursor = computed(() => this.#cursor.value !== null);

  /** Ends of the active slice's line in a viewport, in its image coordinates. */
  lineIn(viewport: ViewportModel): readonly [Point, Point] | null {
    const active = this.#active();
    const [of, by] = [viewport.frame.value, active.frame.value];
    if (!this.lines.value || active === viewport || !of || !by || !shareSpace(of, by)) return null;
    const [here, there] = [planeOf(of), planeOf(by)];
    const cut = here && there && crossing(here, there);
    const ends = cut?.map((xyz) => toImage(of, xyz)?.point);
    return ends?.[0] && ends[1] ? [ends[0], ends[1]] : null;
  }

  cursorIn(viewport: ViewportModel): ShownCursor | null {
    const cursor = this.#cursor.value;
    const frame = viewport.frame.value;
    return cursor && frame && shareSpace(cursor.frame, frame) ? toImage(frame, cursor.xyz) : null;
  }

  /** Shows a point of one viewport in all of the same space, scrolled to it. False: this image has no place. */
  pointAt(viewport: ViewportModel, point: Point): boolean {
    const frame = viewport.frame.peek();
    const xyz = frame && toPatient(frame, point);
    if (!frame || !xyz || !frame.instance.frame_of_reference_uid) return false;
    batch(() => {
      this.#cursor.value = { xyz, frame };
      for (const other of this.#shown()) if (other !== viewport) scrollToPoint(other, frame, xyz);
    });
    return true;
  }

  clearCursor(): void {
    this.#cursor.value = null;
  }
}

function scrollToPoint(viewport: ViewportModel, from: Frame, xyz: Vector3): void {
  const [frame, stack] = [viewport.frame.peek(), viewport.stack.peek()];
  if (!frame || !stack || !shareSpace(from, frame)) return;
  const nearest = nearestFrame(stack.frames, xyz);
  if (nearest !== null) viewport.scrollTo(nearest);
}
