import { afterEach, describe, expect, it } from "vitest";
import { labelOf } from "../../src/annotations/label";
import type { Ruler } from "../../src/annotations/measure";
import { setLanguage } from "../../src/i18n/translate";
import { mark } from "./marks";

const MM: Ruler = { spacing: [0.5, 0.5], aspect: null, atDetector: false };
const LINE = mark("length", [
  [0, 0],
  [25, 0],
]);

afterEach(() => setLanguage("vi"));

describe("the text beside a mark", () => {
  it("is a length in the reader's own numbers", () => {
    expect(labelOf(LINE, MM)).toEqual(["12,5 mm"]);
    setLanguage("en");
    expect(labelOf(LINE, MM)).toEqual(["12.5 mm"]);
  });

  it("says pixels, or that it was measured at the detector", () => {
    setLanguage("en");
    expect(labelOf(LINE, { ...MM, spacing: null })).toEqual(["25 px"]);
    expect(labelOf(LINE, { ...MM, atDetector: true })).toEqual(["12.5 mm at the detector"]);
  });

  it("is what was typed", () => {
    expect(
      labelOf(
        mark(
          "arrow",
          [
            [0, 0],
            [1, 1],
          ],
          { text: "nốt phổi?" },
        ),
        MM,
      ),
    ).toEqual(["nốt phổi?"]);
    expect(
      labelOf(
        mark("arrow", [
          [0, 0],
          [1, 1],
        ]),
        MM,
      ),
    ).toEqual([]);
  });

  it("holds a region's values", () => {
    setLanguage("en");
    const values = { count: 90, area_mm2: 22.5, mean: 55.52, sd: 8.126, min: -860, max: 136, unit: "HU" };
    const ellipse = mark(
      "ellipse",
      [
        [0, 0],
        [9, 0],
        [4, -2],
        [4, 2],
      ],
      { values },
    );
    expect(labelOf(ellipse, MM)).toEqual(["Mean 55.5 ± 8.13 HU", "Min -860, max 136", "22.5 mm²"]);
    const pixels = mark("ellipse", ellipse.points, { values: { ...values, area_mm2: null, unit: "" } });
    expect(labelOf(pixels, MM).at(-1)).toBe("90 pixels");
  });
});
