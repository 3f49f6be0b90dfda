import { afterEach, describe, expect, it } from "vitest";
import { labelOf, rulerOf, valueLines, withGeometry } from "../../src/annotations/label";
import type { Ruler } from "../../src/annotations/measure";
import type { Annotation } from "../../src/annotations/model";
import { SUV_REASONS } from "../../src/annotations/suv_reasons";
import { setLanguage } from "../../src/i18n/translate";
import type { Frame } from "../../src/stream/stack";
import { instance } from "../manifests";
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

  it("says that nobody knows whether an X-ray's scale is that of the body", () => {
    const xray = { spacing: [0.5, 0.5], instance: instance(1, { spacing_source: "uncertain" }) } as const;
    const ruler = rulerOf(xray as unknown as Frame);
    expect(labelOf(LINE, ruler)).toEqual(["12,5 mm (tỉ lệ chưa chắc chắn)"]);
    setLanguage("en");
    expect(labelOf(LINE, ruler)).toEqual(["12.5 mm (uncertain scale)"]);
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

  it("names the colours of a pixel, and of a region with its size", () => {
    setLanguage("en");
    const probe = mark("probe", [[1, 1]]);
    expect(
      valueLines({ ...probe, values: { value: 60, unit: "", colour: [120, 40, 20] } } as Annotation),
    ).toEqual(["R 120 · G 40 · B 20"]);
    const values = {
      count: 90,
      area_mm2: null,
      mean: 1,
      sd: 1,
      min: 0,
      max: 9,
      unit: "",
      colour: [1.25, 0, 9],
    };
    const ellipse = { ...mark("ellipse", [[0, 0]]), values } as unknown as Annotation;
    expect(valueLines(ellipse)).toEqual(["R 1.3 · G 0 · B 9", "90 pixels"]);
  });

  it("counts an area of an ultrasound region in the centimetres of its lengths", () => {
    setLanguage("en");
    const values = { count: 90, area_mm2: 204.6, mean: 1, sd: 0, min: 1, max: 1, unit: "" };
    const ellipse = { ...mark("ellipse", [[0, 0]]), values } as Annotation;
    const region = {
      x0: 0,
      y0: 0,
      x1: 9,
      y1: 9,
      delta_x: 0.1,
      delta_y: 0.1,
      unit_x: "cm",
      unit_y: "cm",
      type: "2d",
    };
    expect(labelOf(ellipse, { ...MM, regions: [region] }).at(-1)).toBe("2.05 cm²");
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

describe("a mark's figures", () => {
  const lines = (kind: Parameters<typeof mark>[0], values: object) =>
    valueLines(mark(kind, [[0, 0]], { values } as Partial<Annotation>));

  it("are told with their unit and how far they may be believed", () => {
    setLanguage("en");
    const both = { first: 130, second: 250, unit: "mm", at_detector: true };
    expect(lines("ratio", { ...both, ratio: 0.52 })).toEqual(["0.52", "130.0 / 250.0 mm at the detector"]);
    expect(lines("bidirectional", { ...both, at_detector: false })).toEqual(["130.0 × 250.0 mm"]);
    expect(lines("length", { length: 12.5, unit: "mm", at_detector: false, calibrated: true })).toEqual([
      "12.5 mm (calibrated)",
    ]);
    expect(
      lines("length", { length: 0.5, unit: "s", down: 84, down_unit: "cm/s", at_detector: false }),
    ).toEqual(["0.500 s · 84.0 cm/s"]);
    expect(lines("cobb", { degrees: 31.46 })).toEqual(["31.5°"]);
  });

  it("of PET are uptake first, from the stored values and the factor", () => {
    setLanguage("en");
    const values = {
      count: 9,
      area_mm2: null,
      mean: 15000,
      sd: 10,
      min: 1,
      max: 20000,
      unit: "BQML",
      suv_factor: 2e-4,
    };
    expect(lines("circle", values)[0]).toBe("SUV max 4.00, mean 3.00");
    expect(lines("probe", { value: 15000, unit: "BQML", suv_factor: 2e-4 })).toEqual([
      "SUV 3.00",
      "15,000 BQML",
    ]);
  });
});

it("an uptake that cannot be computed says why, in the reader's language", () => {
  const reason = "No SUV: the weight of the patient is not known.";
  expect(SUV_REASONS).toContain(reason);
  const probe = mark("probe", [[0, 0]], { values: { value: 5, unit: "BQML" } });
  expect(labelOf(probe, { ...MM, suvReason: reason })).toEqual([
    "5 BQML",
    "Không có SUV: không rõ cân nặng của bệnh nhân.",
  ]);
});

it("every kind may carry words beside its figures", () => {
  expect(labelOf({ ...LINE, text: "hạch" }, MM)).toEqual(["12,5 mm", "hạch"]);
});

it("of two diameters the longer is the first, whichever was drawn first", () => {
  const points: [number, number][] = [
    [0, 0],
    [0, 20],
    [-20, 10],
    [20, 10],
  ];
  const { points: kept, values } = withGeometry(mark("bidirectional", points), MM);
  expect(values).toMatchObject({ first: 20, second: 10, unit: "mm" });
  expect(kept).toEqual([...points.slice(2), ...points.slice(0, 2)]);
});
