/** Lengths, angles and statistics: pure functions of points, pixel spacing and stored values. */

import type { Rescale, StoredValues } from "../viewport/window";
import type { AngleValues, LengthValues, Point, RegionValues } from "./model";

/** What a measurement must know of the frame it lies on. */
export interface Ruler {
  /** millimetres between rows, between columns */
  readonly spacing: readonly [number, number] | null;
  readonly aspect: readonly [number, number] | null;
  readonly atDetector: boolean;
}

/** Millimetres, or pixels of the picture made square, of a step in image coordinates. */
function metric({ spacing, aspect }: Ruler, [x, y]: Point): Point {
  const [down, along] = spacing ?? (aspect ? [aspect[0] / aspect[1], 1] : [1, 1]);
  return [x * along, y * down];
}

function between(one: Point, other: Point): Point {
  return [other[0] - one[0], other[1] - one[1]];
}

export function lengthOf(ruler: Ruler, points: readonly Point[]): LengthValues {
  const [start = [0, 0], end = start] = points;
  // without a spacing a length is counted in the pixels of the file
  const step = between(start, end);
  const length = Math.hypot(...(ruler.spacing ? metric(ruler, step) : step));
  return { length, unit: ruler.spacing ? "mm" : "px", at_detector: ruler.atDetector };
}

export function angleOf(ruler: Ruler, points: readonly Point[]): AngleValues {
  const [one = [0, 0], vertex = one, other = vertex] = points;
  const [ax, ay] = metric(ruler, between(vertex, one));
  const [bx, by] = metric(ruler, between(vertex, other));
  const radians = Math.abs(Math.atan2(ax * by - ay * bx, ax * bx + ay * by));
  return { degrees: (radians * 180) / Math.PI };
}

export interface StoredImage extends Rescale {
  readonly values: StoredValues;
  readonly columns: number;
  readonly rows: number;
  readonly unit: string;
}

/** Half axes and middle of an ellipse given by the ends of its axes. */
function axesOf(points: readonly Point[]): { middle: Point; u: Point; v: Point } {
  const [a = [0, 0], b = a, c = a, d = c] = points;
  return {
    middle: [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2],
    u: [(b[0] - a[0]) / 2, (b[1] - a[1]) / 2],
    v: [(d[0] - c[0]) / 2, (d[1] - c[1]) / 2],
  };
}

export function ellipseArea({ spacing }: Ruler, points: readonly Point[]): number | null {
  if (!spacing) return null;
  const { u, v } = axesOf(points);
  return Math.PI * Math.abs(u[0] * v[1] - u[1] * v[0]) * spacing[0] * spacing[1];
}

/** The values after the modality LUT of all pixels whose centre lies inside the ellipse or on it. */
export function* valuesInside(image: StoredImage, points: readonly Point[]): Iterable<number> {
  const { middle, u, v } = axesOf(points);
  const determinant = u[0] * v[1] - u[1] * v[0];
  if (determinant === 0) return;
  const [reachX, reachY] = [Math.hypot(u[0], v[0]), Math.hypot(u[1], v[1])];
  const from = (centre: number, reach: number) => Math.max(0, Math.floor(centre - reach - 0.5));
  const to = (centre: number, reach: number, end: number) =>
    Math.min(end - 1, Math.ceil(centre + reach - 0.5));
  const lastRow = to(middle[1], reachY, image.rows);
  const lastColumn = to(middle[0], reachX, image.columns);
  for (let row = from(middle[1], reachY); row <= lastRow; row++) {
    for (let column = from(middle[0], reachX); column <= lastColumn; column++) {
      const [x, y] = [column + 0.5 - middle[0], row + 0.5 - middle[1]];
      const s = (x * v[1] - y * v[0]) / determinant;
      const r = (u[0] * y - u[1] * x) / determinant;
      if (s * s + r * r > 1) continue;
      yield (image.values[row * image.columns + column] as number) * image.slope + image.intercept;
    }
  }
}

/** Null when no pixel's centre lies inside. */
export function regionOf(image: StoredImage, ruler: Ruler, points: readonly Point[]): RegionValues | null {
  let count = 0;
  let mean = 0;
  let squares = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const value of valuesInside(image, points)) {
    count++;
    const off = value - mean;
    mean += off / count;
    squares += off * (value - mean);
    if (value < min) min = value;
    if (value > max) max = value;
  }
  if (count === 0) return null;
  const sd = Math.sqrt(squares / count);
  return { count, area_mm2: ellipseArea(ruler, points), mean, sd, min, max, unit: image.unit };
}
