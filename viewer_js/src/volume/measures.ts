/** Lengths, angles, values and regions in a plane. They live as long as the planes are open and are never kept. */

import { signal } from "@preact/signals";
import type { Vector3 } from "../api/manifest";
import { formatNumber } from "../i18n/translate";
import { dot, lengthOf, minus, plus, times, unit } from "./vectors";

export type MeasureKind = "angle" | "ellipse" | "length" | "probe";

export interface Measure {
  readonly kind: MeasureKind;
  readonly points: readonly Vector3[];
}

/** Of an ellipse the ends of its axes, as marks on images have them (annotations/regions.ts). */
export const POINTS_OF: Record<MeasureKind, number> = { angle: 3, ellipse: 4, length: 2, probe: 1 };

export class Measures {
  readonly all = signal<readonly Measure[]>([]);
  /** being drawn: its last point follows the pointer */
  readonly draft = signal<Measure | null>(null);

  keep(measure: Measure): void {
    this.draft.value = null;
    this.all.value = [...this.all.peek(), measure];
  }

  undo(): void {
    if (this.draft.peek()) this.draft.value = null;
    else this.all.value = this.all.peek().slice(0, -1);
  }

  clear(): void {
    this.draft.value = null;
    this.all.value = [];
  }
}

export function millimetresOf([from, to]: readonly Vector3[]): number {
  return from && to ? lengthOf(minus(to, from)) : 0;
}

/** Degrees at the middle point. */
export function degreesOf([from, at, to]: readonly Vector3[]): number {
  if (!from || !at || !to) return 0;
  const [one, other] = [minus(from, at), minus(to, at)];
  if (lengthOf(one) === 0 || lengthOf(other) === 0) return 0;
  const cosine = Math.min(1, Math.max(-1, dot(unit(one), unit(other))));
  return (Math.acos(cosine) * 180) / Math.PI;
}

/** The ellipse that fills the rectangle between two corners, its sides along the arrows of a plane. */
export function ellipseBetween(from: Vector3, to: Vector3, { right, down }: Arrows): Measure {
  const across = times(right, dot(minus(to, from), right) / 2);
  const along = times(down, dot(minus(to, from), down) / 2);
  const middle = plus(from, plus(across, along));
  const points = [minus(middle, across), plus(middle, across), minus(middle, along), plus(middle, along)];
  return { kind: "ellipse", points };
}

interface Arrows {
  readonly right: Vector3;
  readonly down: Vector3;
}

/** `values`: what the picture's full values say at the points now, in lines. */
export function linesOf({ kind, points }: Measure, values: readonly string[]): readonly string[] {
  if (kind === "length") return [`${formatNumber(millimetresOf(points), 1)} mm`];
  if (kind === "angle") return points.length < 3 ? [] : [`${formatNumber(degreesOf(points), 1)}°`];
  return values;
}
