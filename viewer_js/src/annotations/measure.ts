/** Lengths, angles and what a scale is: pure functions of points and pixel spacing. Values of pixels: regions.ts. */

import type { UltrasoundRegion } from "../api/manifest";
import type { AngleValues, LengthValues, Measured, Point, RatioValues, TwoLengthsValues } from "./model";

/** What a measurement must know of the frame it lies on. */
export interface Ruler {
  /** millimetres between rows, between columns */
  readonly spacing: readonly [number, number] | null;
  readonly aspect: readonly [number, number] | null;
  readonly atDetector: boolean;
  /** the spacing was corrected for how much larger than the body its shadow is */
  readonly calibrated?: boolean;
  /** it is not said whether it was */
  readonly uncertain?: boolean;
  /** where an ultrasound image counts in units of its own, uppermost first */
  readonly regions?: readonly UltrasoundRegion[];
  /** why a PET image has no standardised uptake values */
  readonly suvReason?: string;
}

/** What one pixel is, along the row and along the column. An empty unit: nothing is counted that way. */
export interface Scale {
  readonly across: number;
  readonly down: number;
  readonly unit: string;
  readonly downUnit: string;
}

const PIXELS: Scale = { across: 1, down: 1, unit: "px", downUnit: "px" };

/** The region of an ultrasound image a point lies in; its last pixel belongs to it. */
export function regionAt({ regions = [] }: Ruler, [x, y]: Point): UltrasoundRegion | undefined {
  return regions.find(({ x0, y0, x1, y1 }) => x >= x0 && x <= x1 + 1 && y >= y0 && y <= y1 + 1);
}

/** The scale all points share: one region's, the spacing's, or pixels of the file where there is none. */
export function scaleOf(ruler: Ruler, points: readonly Point[]): Scale {
  if (ruler.regions?.length) {
    const region = points[0] && regionAt(ruler, points[0]);
    if (!region || points.some((point) => regionAt(ruler, point) !== region)) return PIXELS;
    const { delta_x, delta_y, unit_x, unit_y } = region;
    return { across: Math.abs(delta_x), down: Math.abs(delta_y), unit: unit_x, downUnit: unit_y };
  }
  if (!ruler.spacing) return PIXELS;
  return { across: ruler.spacing[1], down: ruler.spacing[0], unit: "mm", downUnit: "mm" };
}

/** One unit both ways, or pixels: what has to be added up from both directions can be counted in nothing else. */
function plainScaleOf(ruler: Ruler, points: readonly Point[]): Scale {
  const scale = scaleOf(ruler, points);
  return scale.unit === scale.downUnit ? scale : PIXELS;
}

function believed({ atDetector, calibrated, uncertain }: Ruler, unit: string): Measured {
  if (unit !== "mm") return { at_detector: false };
  return {
    at_detector: atDetector,
    ...(calibrated ? { calibrated } : {}),
    ...(uncertain ? { uncertain } : {}),
  };
}

function stepped({ across, down }: Scale, [x0, y0]: Point, [x1, y1]: Point): Point {
  return [(x1 - x0) * across, (y1 - y0) * down];
}

function along(scale: Scale, points: readonly Point[]): number {
  let length = 0;
  for (let i = 0; i + 1 < points.length; i++)
    length += Math.hypot(...stepped(scale, points[i] as Point, points[i + 1] as Point));
  return length;
}

/** Of a line, or of a row of lines all together. */
export function lengthOf(ruler: Ruler, points: readonly Point[]): LengthValues {
  const scale = scaleOf(ruler, points);
  if (points.length === 2 && scale.unit !== scale.downUnit) return twoWays(scale, points);
  const plain = plainScaleOf(ruler, points);
  return { length: along(plain, points), unit: plain.unit, ...believed(ruler, plain.unit) };
}

/** Time one way and velocity or depth the other: each is told for itself. */
function twoWays(scale: Scale, [start = [0, 0], end = start]: readonly Point[]): LengthValues {
  const [across, down] = stepped(scale, start, end).map(Math.abs) as [number, number];
  if (!scale.unit) return { length: down, unit: scale.downUnit, at_detector: false };
  const other = scale.downUnit ? { down, down_unit: scale.downUnit } : {};
  return { length: across, unit: scale.unit, at_detector: false, ...other };
}

export function ratioOf(ruler: Ruler, points: readonly Point[]): RatioValues {
  const both = twoLengthsOf(ruler, points);
  return { ...both, ratio: both.second > 0 ? both.first / both.second : 0 };
}

/** Of two lines of two points each. */
export function twoLengthsOf(ruler: Ruler, points: readonly Point[]): TwoLengthsValues {
  const scale = plainScaleOf(ruler, points);
  const [first, second] = [along(scale, points.slice(0, 2)), along(scale, points.slice(2, 4))];
  return { first, second, unit: scale.unit, ...believed(ruler, scale.unit) };
}

/** Millimetres, or pixels of the picture made square, of a step in image coordinates. */
function square(ruler: Ruler, points: readonly Point[]): Scale {
  const scale = plainScaleOf(ruler, points);
  if (scale !== PIXELS || !ruler.aspect) return scale;
  return { ...PIXELS, down: ruler.aspect[0] / ruler.aspect[1] };
}

export function angleOf(ruler: Ruler, points: readonly Point[]): AngleValues {
  const [one = [0, 0], vertex = one, other = vertex] = points;
  const scale = square(ruler, points);
  return { degrees: between(stepped(scale, vertex, one), stepped(scale, vertex, other)) };
}

/** Cobb's: between two lines wherever they would meet, 90 degrees at most. */
export function cobbOf(ruler: Ruler, points: readonly Point[]): AngleValues {
  const [a = [0, 0], b = a, c = a, d = c] = points;
  const scale = square(ruler, points);
  const degrees = between(stepped(scale, a, b), stepped(scale, c, d));
  return { degrees: Math.min(degrees, 180 - degrees) };
}

function between([ax, ay]: Point, [bx, by]: Point): number {
  return (Math.abs(Math.atan2(ax * by - ay * bx, ax * bx + ay * by)) * 180) / Math.PI;
}

/** Square millimetres of so many square pixels; null where no length is known. */
export function areaIn(ruler: Ruler, points: readonly Point[], pixels: number): number | null {
  const { unit, downUnit, across, down } = scaleOf(ruler, points);
  const millimetres = unit === downUnit ? { mm: 1, cm: 10 }[unit] : undefined;
  return millimetres === undefined ? null : pixels * across * down * millimetres ** 2;
}

/** The value of an axis at a point, from where the region says that it has one: a velocity, a depth, a time. */
export function axisValueAt(ruler: Ruler, point: Point): { value: number; unit: string } | null {
  const region = regionAt(ruler, point);
  if (!region || region.reference_y === undefined || region.unit_y !== "cm/s") return null;
  const rows = point[1] - (region.y0 + region.reference_y + 0.5);
  return { value: (region.value_y ?? 0) + rows * region.delta_y, unit: region.unit_y };
}

export function believedArea(ruler: Ruler): Partial<Measured> {
  return ruler.spacing && !ruler.regions?.length ? believed(ruler, "mm") : {};
}
