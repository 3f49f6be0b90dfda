/** Points along a vessel or a jaw; the sheet through them is straightened into one picture by the server. */

import { computed, signal } from "@preact/signals";
import type { Vector3 } from "../api/manifest";

export const FEWEST_POINTS = 2;
export const MOST_POINTS = 100;

export class Curve {
  readonly points = signal<readonly Vector3[]>([]);
  /** which way the sheet stands on the curve: the normal of the plane the first point was placed in */
  readonly upward = signal<Vector3>([0, 0, 1]);
  /** millimetres of the sheet across the curve */
  readonly height = signal(60);
  readonly isDrawn = computed(() => this.points.value.length >= FEWEST_POINTS);

  add(point: Vector3, normal: Vector3): void {
    const points = this.points.peek();
    if (points.length >= MOST_POINTS) return;
    // pictures of a head or a jaw stand upright whichever way the plane looks
    if (points.length === 0)
      this.upward.value = normal[2] < 0 ? [-normal[0], -normal[1], -normal[2]] : normal;
    this.points.value = [...points, point];
  }

  move(index: number, point: Vector3): void {
    this.points.value = this.points.peek().map((old, i) => (i === index ? point : old));
  }

  removeLast(): void {
    this.points.value = this.points.peek().slice(0, -1);
  }

  show(points: readonly Vector3[], upward: Vector3, height: number): void {
    // the same points again must not ask the server anew
    if (JSON.stringify(points) !== JSON.stringify(this.points.peek())) this.points.value = points;
    this.upward.value = upward;
    this.height.value = height;
  }

  clear(): void {
    this.points.value = [];
  }
}
