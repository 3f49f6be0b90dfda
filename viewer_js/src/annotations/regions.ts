/**
 * Values of the pixels inside a region, as the server's app/render/statistics.py has them: a pixel belongs to a region
 * when its centre lies inside. Both compute the same floating-point expressions, so that they never differ by a pixel.
 */

import type { Rescale, StoredValues } from "../viewport/window";
import { areaIn, believedArea, type Ruler } from "./measure";
import type { GraphicType, Point, RegionValues } from "./model";

export interface StoredImage extends Rescale {
  readonly values: StoredValues;
  readonly columns: number;
  readonly rows: number;
  readonly unit: string;
}

export interface Region {
  readonly graphic_type: GraphicType;
  readonly points: readonly Point[];
}

export const BINS = 64;

/** Half axes and middle of an ellipse given by the ends of its axes. */
function axesOf(points: readonly Point[]): { middle: Point; u: Point; v: Point } {
  const [a = [0, 0], b = a, c = a, d = c] = points;
  return {
    middle: [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2],
    u: [(b[0] - a[0]) / 2, (b[1] - a[1]) / 2],
    v: [(d[0] - c[0]) / 2, (d[1] - c[1]) / 2],
  };
}

/** In square pixels, of the figure itself rather than of the pixels inside. */
function pixelArea({ graphic_type, points }: Region): number {
  if (graphic_type === "ELLIPSE") {
    const { u, v } = axesOf(points);
    return Math.PI * Math.abs(u[0] * v[1] - u[1] * v[0]);
  }
  let twice = 0;
  points.forEach(([x0, y0], i) => {
    const [x1, y1] = points[(i + 1) % points.length] as Point;
    twice += x0 * y1 - x1 * y0;
  });
  return Math.abs(twice) / 2;
}

export function areaOf(ruler: Ruler, region: Region): number | null {
  return areaIn(ruler, region.points, pixelArea(region));
}

/** The values after the modality LUT of all pixels whose centre lies inside the region or on its line. */
export function* valuesInside(image: StoredImage, region: Region): Iterable<number> {
  const runs = region.graphic_type === "ELLIPSE" ? runsOfEllipse : runsOfPolygon;
  for (const [row, from, to] of runs(image, region.points)) {
    for (let column = from; column < to; column++)
      yield (image.values[row * image.columns + column] as number) * image.slope + image.intercept;
  }
}

/** Row, first column, and the column after the last. */
type Run = readonly [number, number, number];

function* runsOfEllipse(image: StoredImage, points: readonly Point[]): Iterable<Run> {
  const { middle, u, v } = axesOf(points);
  const determinant = u[0] * v[1] - u[1] * v[0];
  if (Math.abs(determinant) < 1e-9) return;
  const [reachX, reachY] = [Math.hypot(u[0], v[0]), Math.hypot(u[1], v[1])];
  const from = (centre: number, reach: number) => Math.max(0, Math.floor(centre - reach));
  const to = (centre: number, reach: number, end: number) => Math.min(end, Math.ceil(centre + reach));
  const [left, right] = [from(middle[0], reachX), to(middle[0], reachX, image.columns)];
  for (let row = from(middle[1], reachY); row < to(middle[1], reachY, image.rows); row++) {
    let [first, end] = [-1, -1];
    for (let column = left; column < right; column++) {
      const [x, y] = [column + 0.5 - middle[0], row + 0.5 - middle[1]];
      const s = (x * v[1] - y * v[0]) / determinant;
      const r = (y * u[0] - x * u[1]) / determinant;
      if (s * s + r * r > 1) continue;
      if (first < 0) first = column;
      end = column + 1;
    }
    if (first >= 0) yield [row, first, end];
  }
}

/** By counting the edges to the left of a centre; odd is inside. */
function* runsOfPolygon(image: StoredImage, points: readonly Point[]): Iterable<Run> {
  const ys = points.map(([, y]) => y);
  const top = Math.max(0, Math.floor(Math.min(...ys)));
  const bottom = Math.min(image.rows, Math.ceil(Math.max(...ys)));
  // the first column whose centre lies beyond an edge
  const beyond = (at: number) => Math.min(image.columns, Math.max(0, Math.floor(at - 0.5) + 1));
  for (let row = top; row < bottom; row++) {
    const crossings = crossingsOf(points, row + 0.5);
    for (let i = 0; i + 1 < crossings.length; i += 2) {
      const [from, to] = [beyond(crossings[i] as number), beyond(crossings[i + 1] as number)];
      if (from < to) yield [row, from, to];
    }
  }
}

function crossingsOf(points: readonly Point[], y: number): number[] {
  const crossings: number[] = [];
  points.forEach(([x0, y0], i) => {
    const [x1, y1] = points[(i + 1) % points.length] as Point;
    if (y0 <= y !== y1 <= y) crossings.push(x0 + ((y - y0) * (x1 - x0)) / (y1 - y0));
  });
  return crossings.sort((one, other) => one - other);
}

/** Null when no pixel's centre lies inside. */
export function regionOf(image: StoredImage, ruler: Ruler, region: Region): RegionValues | null {
  let count = 0;
  let mean = 0;
  let squares = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const value of valuesInside(image, region)) {
    count++;
    const off = value - mean;
    mean += off / count;
    squares += off * (value - mean);
    if (value < min) min = value;
    if (value > max) max = value;
  }
  if (count === 0) return null;
  const sd = Math.sqrt(squares / count);
  const area_mm2 = areaOf(ruler, region);
  return { count, area_mm2, mean, sd, min, max, unit: image.unit, ...believedArea(ruler) };
}

/** The value of the pixel a point lies in; null beside the image. */
export function valueAt(image: StoredImage, [x, y]: Point): number | null {
  const [column, row] = [Math.floor(x), Math.floor(y)];
  if (column < 0 || row < 0 || column >= image.columns || row >= image.rows) return null;
  return (image.values[row * image.columns + column] as number) * image.slope + image.intercept;
}

/** How many pixels fall into each of so many equal steps from min to max, as numpy.histogram counts them. */
export function histogramOf(values: readonly number[], bins = BINS): number[] {
  const counts = new Array<number>(bins).fill(0);
  const [min, max] = values.reduce(
    ([least, most], value) => [Math.min(least, value), Math.max(most, value)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
  // numpy widens a range without width by one half to either side
  const [first, last] = min === max ? [min - 0.5, max + 0.5] : [min, max];
  const step = (last - first) / bins;
  const edge = (i: number) => (i === bins ? last : first + i * step);
  for (const value of values) {
    let bin = Math.min(bins - 1, Math.trunc(((value - first) / (last - first)) * bins));
    if (value < edge(bin)) bin--;
    else if (bin < bins - 1 && value >= edge(bin + 1)) bin++;
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
}
