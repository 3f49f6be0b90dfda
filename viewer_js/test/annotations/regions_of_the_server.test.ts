import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Ruler } from "../../src/annotations/measure";
import type { Point } from "../../src/annotations/model";
import { histogramOf, regionOf, type StoredImage, valuesInside } from "../../src/annotations/regions";

interface Case {
  graphic_type: "ELLIPSE" | "POLYLINE";
  points: Point[];
  told: Record<"area_mm2" | "count" | "max" | "mean" | "min" | "sd", number> & { histogram: number[] };
}

/** Written by tests/contracts/test_one_region.py: what the server says of the same regions of the same image. */
const GOLDEN = join(import.meta.dirname, "../../../tests/golden/regions.json");
const cases: Case[] = JSON.parse(readFileSync(GOLDEN, "utf8"));

const [ROWS, COLUMNS] = [48, 64];
const IMAGE: StoredImage = {
  values: Uint16Array.from({ length: ROWS * COLUMNS }, (_, i) => {
    const [row, column] = [Math.floor(i / COLUMNS), i % COLUMNS];
    return (row * 37 + column * 11 + row * column) % 1013;
  }),
  rows: ROWS,
  columns: COLUMNS,
  slope: 0.5,
  intercept: -100,
  unit: "HU",
};
const RULER: Ruler = { spacing: [0.7, 0.4], aspect: null, atDetector: false };

it.each(cases)("$graphic_type $points.length: the same pixels and figures as the server's", (one) => {
  const { histogram, ...told } = one.told;
  const found = regionOf(IMAGE, RULER, one);
  expect(found?.count).toBe(told.count);
  for (const name of ["area_mm2", "max", "mean", "min", "sd"] as const)
    expect(found?.[name]).toBeCloseTo(told[name], 8);
  expect(histogramOf([...valuesInside(IMAGE, one)])).toEqual(histogram);
});
