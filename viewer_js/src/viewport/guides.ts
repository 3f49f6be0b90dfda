/** What one viewport says of another: where its plane cuts, and which point of the patient is meant. */

import { batch, computed, signal } from "@preact/signals";
import type { Point } from "../annotations/model";
import { Later } from "../api/later";
import type { Vector3 } from "../api/manifest";
import type { Frame } from "../stream/stack";
import type { ViewportModel } from "./model";

/** A point that was shown, and on which frame. */
export interface PatientPoint {
  readonly xyz: Vector3;
  readonly frame: Frame;
}

export interface ShownCursor {
  readonly point: Point;
  /** millimetres off the shown slice */
  readonly distance: number;
}

const guiding = new Later(() => import("./guiding"));

export class Guides {
  /** lines of the active viewport's slice in the others */
  readonly lines = signal(true);
  readonly #cursor = signal<PatientPoint | null>(null);
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
    if (!this.lines.value || active === viewport || !of || !by) return null;
    guiding.want();
    return guiding.here?.lineIn(of, by) ?? null;
  }

  cursorIn(viewport: ViewportModel): ShownCursor | null {
    const cursor = this.#cursor.value;
    const frame = viewport.frame.value;
    return (cursor && frame && guiding.here?.cursorIn(cursor, frame)) ?? null;
  }

  /** Shows a point of one viewport in all of the same space, scrolled to it; an image without a place shows none. */
  pointAt(viewport: ViewportModel, point: Point): void {
    guiding.use(({ pointed }) =>
      batch(() => {
        this.#cursor.value = pointed(viewport, point, this.#shown()) ?? this.#cursor.peek();
      }),
    );
  }

  clearCursor(): void {
    this.#cursor.value = null;
  }
}
