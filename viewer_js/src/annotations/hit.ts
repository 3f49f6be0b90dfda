/** Which mark, and which of its handles, lies under a pointer. All in screen coordinates. */

import { type Affine, apply } from "../viewport/geometry";
import { KINDS } from "./kinds";
import type { Annotation, Point } from "./model";

export interface Hit {
  readonly annotation: Annotation;
  /** null: the body of the mark */
  readonly handle: number | null;
}

function distance([x0, y0]: Point, [x1, y1]: Point): number {
  return Math.hypot(x1 - x0, y1 - y0);
}

export function distanceToSegment(point: Point, start: Point, end: Point): number {
  const [dx, dy] = [end[0] - start[0], end[1] - start[1]];
  const length = dx * dx + dy * dy;
  if (length === 0) return distance(point, start);
  const along = ((point[0] - start[0]) * dx + (point[1] - start[1]) * dy) / length;
  const t = Math.min(1, Math.max(0, along));
  return distance(point, [start[0] + t * dx, start[1] + t * dy]);
}

function distanceToPath(point: Point, path: readonly Point[]): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i + 1 < path.length; i++) {
    least = Math.min(least, distanceToSegment(point, path[i] as Point, path[i + 1] as Point));
  }
  return path.length === 1 ? distance(point, path[0] as Point) : least;
}

const ELLIPSE_STEPS = 72;

export function ellipseOutline(points: readonly Point[]): Point[] {
  const [a = [0, 0], b = a, c = a, d = c] = points;
  const [x, y] = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
  return Array.from({ length: ELLIPSE_STEPS + 1 }, (_, i): Point => {
    const angle = (2 * Math.PI * i) / ELLIPSE_STEPS;
    const [cos, sin] = [Math.cos(angle) / 2, Math.sin(angle) / 2];
    return [x + cos * (b[0] - a[0]) + sin * (d[0] - c[0]), y + cos * (b[1] - a[1]) + sin * (d[1] - c[1])];
  });
}

/** The lines a mark is drawn with, in the coordinates of its points; a point is none. */
export function outlinesOf({ kind }: Annotation, points: readonly Point[]): Point[][] {
  switch (kind) {
    case "circle":
    case "ellipse":
      return [ellipseOutline(points)];
    case "bidirectional":
    case "cobb":
    case "ratio":
      return [points.slice(0, 2), points.slice(2, 4)];
    case "probe":
    case "spine_label":
    case "text":
      return [];
    default:
      return [KINDS[kind].closed && points[0] ? [...points, points[0]] : [...points]];
  }
}

/** Where marks of many points can be taken hold of: not so many that one hides the other. */
const MOST_HANDLES = 24;

export function hasHandle(points: readonly Point[], at: number): boolean {
  return at % Math.ceil(points.length / MOST_HANDLES) === 0;
}

/** The nearest handle within reach, else the nearest body. */
export function hitTest(
  annotations: readonly Annotation[],
  toScreen: Affine,
  pointer: Point,
  reach: number,
): Hit | null {
  let best: (Hit & { off: number }) | null = null;
  for (const annotation of annotations) {
    const points = annotation.points.map((point) => apply(toScreen, point));
    points.forEach((point, handle) => {
      if (!hasHandle(points, handle)) return;
      // a handle wins over a body that is as near
      const off = distance(point, pointer) - reach;
      if (off <= 0 && off < (best?.off ?? 1)) best = { annotation, handle, off };
    });
    for (const path of outlinesOf(annotation, points)) {
      const off = distanceToPath(pointer, path);
      if (off <= reach && off < (best?.off ?? reach + 1)) best = { annotation, handle: null, off };
    }
  }
  return best;
}
