/** What the values of a plane say at a point and within a region: of full pictures only, never of previews. */

import type { Ruler } from "../annotations/measure";
import type { Point } from "../annotations/model";
import { regionOf, type StoredImage, valueAt } from "../annotations/regions";
import type { Vector3 } from "../api/manifest";
import { formatNumber, t } from "../i18n/translate";
import type { Measure } from "./measures";
import { distanceFrom, type Raster, toScreen } from "./projection";
import type { PlanePicture, VolumeFacts } from "./server";

/** millimetres off the plane that still count as in it */
const NEAR = 0.5;
const WAITING = ["…"];

type Full = Extract<PlanePicture, { kind: "full" }>;

function imageOf({ values, raster }: Full, { slope, intercept, unit }: VolumeFacts): StoredImage {
  const { width: columns, height: rows } = raster.size;
  return { values, rows, columns, slope, intercept, unit };
}

/** A plane's pixels are square and as large as it was asked for. */
function rulerOf({ millimetres }: Raster): Ruler {
  return { spacing: [millimetres, millimetres], aspect: null, atDetector: false };
}

/** In pixels of the picture; null when a point lies beside it. */
function placesIn({ raster }: Full, points: readonly Vector3[]): readonly Point[] | null {
  const { width, height } = raster.size;
  if (points.some((point) => Math.abs(distanceFrom(raster, point)) > NEAR)) return null;
  const places = points.map((point) => toScreen(raster, point));
  return places.every(([x, y]) => x >= 0 && y >= 0 && x <= width && y <= height) ? places : null;
}

function withUnit(value: number, digits: number, unit: string): string {
  return `${formatNumber(value, digits)} ${unit}`.trim();
}

function regionLines(image: StoredImage, raster: Raster, points: readonly Point[]): readonly string[] {
  const found = regionOf(image, rulerOf(raster), { graphic_type: "ELLIPSE", points });
  if (!found) return [];
  const { mean, sd, min, max, area_mm2: area, unit } = found;
  return [
    t("Mean {mean} ± {sd}", { mean: formatNumber(mean, 1), sd: withUnit(sd, 1, unit) }),
    t("{min} to {max}", { min: formatNumber(min), max: withUnit(max, 0, unit) }),
    ...(area === null || area === undefined ? [] : [`${formatNumber(area, area < 100 ? 1 : 0)} mm²`]),
  ];
}

export function valueLines(
  { kind, points }: Measure,
  picture: PlanePicture | null,
  facts: VolumeFacts,
): readonly string[] {
  if (kind !== "probe" && kind !== "ellipse") return [];
  if (picture?.kind !== "full") return WAITING;
  const places = placesIn(picture, points);
  if (!places) return kind === "ellipse" ? [t("Reaches beyond the picture")] : WAITING;
  const image = imageOf(picture, facts);
  if (kind === "ellipse") return regionLines(image, picture.raster, places);
  const value = valueAt(image, places[0] as Point);
  return value === null ? WAITING : [withUnit(value, 0, facts.unit)];
}
