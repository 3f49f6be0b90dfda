/** The lines of text beside a mark. */

import { formatNumber, t } from "../i18n/translate";
import type { Frame } from "../stream/stack";
import {
  angleOf,
  axisValueAt,
  believedArea,
  cobbOf,
  lengthOf,
  type Ruler,
  ratioOf,
  twoLengthsOf,
} from "./measure";
import {
  type Annotation,
  type BidirectionalAnnotation,
  type Colour,
  isRegion,
  type LengthValues,
  type Measured,
  type Point,
  type ProbeValues,
  type RegionValues,
  type TwoLengthsValues,
} from "./model";
import { areaOf } from "./regions";

/** The one place where millimetres come from. */
export function rulerOf({ spacing, instance }: Frame): Ruler {
  const { aspect, spacing_source: source, ultrasound_regions: regions, suv_reason: suvReason } = instance;
  return {
    spacing,
    aspect,
    atDetector: source === "imager",
    ...(source === "calibrated" ? { calibrated: true } : {}),
    ...(source === "uncertain" ? { uncertain: true } : {}),
    ...(regions?.length ? { regions } : {}),
    ...(suvReason ? { suvReason } : {}),
  };
}

/** What follows from points and scale alone; values of pixels come from whoever has them. */
export function withGeometry(annotation: Annotation, ruler: Ruler): Annotation {
  const { points } = annotation;
  switch (annotation.kind) {
    case "length":
    case "polyline":
      return { ...annotation, values: lengthOf(ruler, points) };
    case "angle":
      return { ...annotation, values: angleOf(ruler, points) };
    case "cobb":
      return { ...annotation, values: cobbOf(ruler, points) };
    case "bidirectional":
      return longerFirst({ ...annotation, values: twoLengthsOf(ruler, points) });
    case "ratio":
      return { ...annotation, values: ratioOf(ruler, points) };
    default:
      return annotation;
  }
}

/** The longer axis comes first, also when the other one was made the longer by moving a handle. */
function longerFirst(mark: BidirectionalAnnotation): BidirectionalAnnotation {
  const { first, second } = mark.values ?? { first: 0, second: 0 };
  if (!mark.values || first >= second) return mark;
  const points = [...mark.points.slice(2, 4), ...mark.points.slice(0, 2)];
  return { ...mark, points, values: { ...mark.values, first: second, second: first } };
}

/** What stands beside a mark on its image: lengths and angles follow the points at once. */
export function labelOf(annotation: Annotation, ruler: Ruler): string[] {
  const mark = withGeometry(annotation, ruler);
  const inCentimetres = !!ruler.regions?.length;
  const lines = valueLines(mark, inCentimetres);
  if (isRegion(mark) && !mark.values)
    lines.push(...areaLines(areaOf(ruler, mark), believedArea(ruler), inCentimetres));
  if (mark.kind === "probe") lines.push(...axisLines(mark.points[0] ?? [0, 0], ruler));
  if (ruler.suvReason && (isRegion(mark) || mark.kind === "probe")) lines.push(t(ruler.suvReason));
  return [...lines, ...textLines(mark)];
}

function textLines({ text }: Annotation): string[] {
  return text ? text.split("\n") : [];
}

/** The measured values a mark carries, wherever it is listed; areas in the unit that lengths beside them have. */
export function valueLines(annotation: Annotation, inCentimetres = false): string[] {
  if (annotation.values === null) return [];
  switch (annotation.kind) {
    case "length":
    case "polyline":
      return [lengthText(annotation.values)];
    case "angle":
    case "cobb":
      return [`${formatNumber(annotation.values.degrees, 1)}°`];
    case "bidirectional":
      return [bothText(annotation.values, " × ")];
    case "ratio":
      return [formatNumber(annotation.values.ratio, 2), bothText(annotation.values, " / ")];
    case "probe":
      return probeLines(annotation.values);
    default:
      return regionLines(annotation.values, inCentimetres);
  }
}

/** A tenth of a millimetre, a hundredth of a centimetre, a millisecond, whole pixels. */
const DIGITS: Readonly<Record<string, number>> = { mm: 1, px: 0, s: 3, "cm/s": 1, Hz: 0, "%": 0 };

function amount(value: number, unit: string): string {
  return `${formatNumber(value, DIGITS[unit] ?? 2)} ${unit}`;
}

/** How far the value may be believed is said beside it. */
function noted(length: string, { at_detector, calibrated, uncertain }: Partial<Measured>): string {
  if (uncertain) return t("{length} (uncertain scale)", { length });
  if (calibrated) return t("{length} (calibrated)", { length });
  return at_detector ? t("{length} at the detector", { length }) : length;
}

function lengthText(values: LengthValues): string {
  const { length, unit, down, down_unit = "" } = values;
  const other = down === undefined ? "" : ` · ${amount(down, down_unit)}`;
  return noted(amount(length, unit) + other, values);
}

function bothText(values: TwoLengthsValues, sign: string): string {
  const { first, second, unit } = values;
  return noted(`${formatNumber(first, DIGITS[unit] ?? 2)}${sign}${amount(second, unit)}`, values);
}

function plain(value: number): string {
  const digits = Number.isInteger(value) ? 0 : Math.abs(value) < 10 ? 2 : 1;
  return formatNumber(value, digits);
}

/** The same letters in every language. */
function colourText([red, green, blue]: Colour): string {
  const [r, g, b] = [red, green, blue].map((one) => formatNumber(one, Number.isInteger(one) ? 0 : 1));
  return `R ${r} · G ${g} · B ${b}`;
}

function probeLines({ value, unit, suv_factor, colour }: ProbeValues): string[] {
  if (colour) return [colourText(colour)];
  if (value === null) return [];
  const lines = [unit ? `${plain(value)} ${unit}` : plain(value)];
  return suv_factor === undefined ? lines : [`SUV ${formatNumber(value * suv_factor, 2)}`, ...lines];
}

/** Velocity in the spectrum of a Doppler. */
function axisLines(at: Point, ruler: Ruler): string[] {
  const found = axisValueAt(ruler, at);
  return found ? [amount(found.value, found.unit)] : [];
}

function regionLines(values: RegionValues, inCentimetres: boolean): string[] {
  const { mean, sd, min, max, area_mm2, count, unit } = values;
  const suffix = unit ? ` ${unit}` : "";
  const pixels = t("{count} pixels", { count: formatNumber(count) });
  const size = area_mm2 === null ? [pixels] : areaLines(area_mm2, values, inCentimetres);
  if (values.colour) return [colourText(values.colour), ...size];
  return [
    ...suvLines(values),
    t("Mean {mean} ± {sd}", { mean: plain(mean), sd: plain(sd) }) + suffix,
    t("Min {min}, max {max}", { min: plain(min), max: plain(max) }),
    ...size,
  ];
}

function suvLines({ mean, max, suv_factor }: RegionValues): string[] {
  if (suv_factor === undefined) return [];
  const suv = (value: number) => formatNumber(value * suv_factor, 2);
  return [t("SUV max {max}, mean {mean}", { max: suv(max), mean: suv(mean) })];
}

function areaLines(area: number | null, believed: Partial<Measured>, inCentimetres = false): string[] {
  if (area === null) return [];
  if (inCentimetres) return [noted(`${formatNumber(area / 100, 2)} cm²`, believed)];
  const text = area >= 1000 ? `${formatNumber(area / 100, 1)} cm²` : `${formatNumber(area, 1)} mm²`;
  return [noted(text, believed)];
}
