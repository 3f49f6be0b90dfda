/** The lines of text beside a mark. */

import { formatNumber, t } from "../i18n/translate";
import type { Frame } from "../stream/stack";
import { angleOf, ellipseArea, lengthOf, type Ruler } from "./measure";
import type { Annotation, RegionValues } from "./model";

export function rulerOf({ spacing, instance }: Frame): Ruler {
  return { spacing, aspect: instance.aspect, atDetector: instance.spacing_source === "imager" };
}

/** Lengths and angles follow the points at once; a region's values come from whoever has the stored values. */
export function labelOf(annotation: Annotation, ruler: Ruler): string[] {
  switch (annotation.kind) {
    case "length":
      return [lengthText(annotation, ruler)];
    case "angle":
      return [`${formatNumber(angleOf(ruler, annotation.points).degrees, 1)}°`];
    case "ellipse":
      return annotation.values
        ? regionLines(annotation.values)
        : areaLines(ellipseArea(ruler, annotation.points));
    case "arrow":
    case "text":
      return annotation.text ? annotation.text.split("\n") : [];
  }
}

function lengthText(annotation: Annotation, ruler: Ruler): string {
  const { length, unit, at_detector } = lengthOf(ruler, annotation.points);
  const text = `${formatNumber(length, unit === "mm" ? 1 : 0)} ${unit}`;
  return at_detector ? t("{length} at the detector", { length: text }) : text;
}

function regionLines({ mean, sd, min, max, area_mm2, count, unit }: RegionValues): string[] {
  const digits = (value: number) => (Number.isInteger(value) ? 0 : Math.abs(value) < 10 ? 2 : 1);
  const number = (value: number) => formatNumber(value, digits(value));
  const suffix = unit ? ` ${unit}` : "";
  const pixels = t("{count} pixels", { count: formatNumber(count) });
  return [
    t("Mean {mean} ± {sd}", { mean: number(mean), sd: number(sd) }) + suffix,
    t("Min {min}, max {max}", { min: number(min), max: number(max) }),
    ...(area_mm2 === null ? [pixels] : areaLines(area_mm2)),
  ];
}

/** Colour has no values to measure, but a size. */
function areaLines(area: number | null): string[] {
  if (area === null) return [];
  return [area >= 1000 ? `${formatNumber(area / 100, 1)} cm²` : `${formatNumber(area, 1)} mm²`];
}
