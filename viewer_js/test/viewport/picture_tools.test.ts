import { beforeEach, describe, expect, it } from "vitest";
import type { Stack } from "../../src/stream/stack";
import { PLAIN } from "../../src/viewport/finish";
import { apply, imageToScreen, magnified } from "../../src/viewport/geometry";
import { ViewportModel } from "../../src/viewport/model";
import { presetsOf } from "../../src/viewport/presets";
import { windowOfImage, windowOfRegion } from "../../src/viewport/region_window";
import type { Picture } from "../../src/viewport/renderer";
import { calibrate, devicePerMillimetre } from "../../src/viewport/true_size";
import { instance, series, study } from "../manifests";

const STACK = study(series("a", [instance(1)])).stacks[0] as Stack;
let viewport: ViewportModel;
beforeEach(() => {
  viewport = new ViewportModel();
  viewport.size.value = { width: 800, height: 600 };
  viewport.show(STACK);
});

const width = () => viewport.toScreen.value.a;

describe("sizes", () => {
  it("pixel for pixel is one column on one pixel of the screen, whatever the browser's zoom", () => {
    viewport.showPixels(1);
    expect(width()).toBeCloseTo(1, 9);
    viewport.showPixels(2);
    expect(width()).toBeCloseTo(0.5, 9);
  });

  it("true size needs a measured screen, then a millimetre is a millimetre", () => {
    devicePerMillimetre.value = null;
    expect(viewport.showTrueSize(1)).toBe(false);
    calibrate(269.9, 1);
    expect(devicePerMillimetre.value).toBeCloseTo(5, 9);
    expect(viewport.showTrueSize(1)).toBe(true);
    // 0.7 mm between columns, 5 pixels for a millimetre
    expect(width()).toBeCloseTo(3.5, 9);
  });

  it("a measure that no screen has is not taken", () => {
    devicePerMillimetre.value = 5;
    calibrate(Number.NaN, 1);
    calibrate(10, 1);
    expect(devicePerMillimetre.value).toBe(5);
  });
});

it("a lens has what is under the pointer in its middle, and the rest three times as far away", () => {
  const plane = { columns: 100, rows: 80, aspect: 1.5 };
  const placement = { zoom: 1.7, centre: [40, 30], rotation: 90, flip: true } as const;
  const toScreen = imageToScreen(plane, { width: 300, height: 200 }, placement);
  const at = apply(toScreen, [33, 22]);
  const toLens = magnified(toScreen, at, 3, 110, 2);
  expect(apply(toLens, [33, 22]).map(Math.round)).toEqual([220, 220]);
  const [x, y] = apply(toScreen, [38, 30]);
  const [u, v] = apply(toLens, [38, 30]);
  expect(u - 220).toBeCloseTo((x - at[0]) * 6, 6);
  expect(v - 220).toBeCloseTo((y - at[1]) * 6, 6);
});

describe("the window of a region", () => {
  const plane = { width: 100, height: 50 };
  const values = Int16Array.from({ length: 5000 }, (_, i) =>
    i % 100 < 50 ? 40 + (i % 5) : 1000 + (i % 100),
  );
  const scale = { slope: 2, intercept: -10, signed: true, padding: null, inverse: false };
  const window = { center: 0, width: 1, function: "LINEAR" } as const;
  const picture: Picture = { kind: "stored", values, plane, scale, window, finish: PLAIN };

  it("shows what lies in it, in units of the modality LUT, drawn in any direction", () => {
    const expected = { center: 74, width: 8, function: "LINEAR_EXACT" };
    expect(windowOfRegion(picture, [5, 5], [40, 30])).toEqual(expected);
    expect(windowOfRegion(picture, [40, 30], [5, 5])).toEqual(expected);
  });

  it("is cut at the image's edge; a mere press, or one beside it, makes none", () => {
    expect(windowOfRegion(picture, [60, 5], [500, 500])?.center).toBeGreaterThan(2000);
    expect(windowOfRegion(picture, [5, 5], [5.2, 5.2])).toBeNull();
    expect(windowOfRegion(picture, [-50, -50], [-5, -5])).toBeNull();
  });

  it("of an even area is one stored value wide", () => {
    const even = { ...picture, values: new Int16Array(5000).fill(7) };
    expect(windowOfImage(even)).toEqual({ center: 4, width: 2, function: "LINEAR_EXACT" });
  });
});

describe("presets", () => {
  const kept = {
    CT: [{ name: "Xương đá", center: 700, width: 3000 }],
    MR: [{ name: "T1", center: 300, width: 600 }],
  };

  it("of the person or the hospital stand in place of the usual ones", () => {
    expect(presetsOf("CT", "HU", []).map(({ name }) => name)).toContain("Lung");
    expect(presetsOf("CT", "HU", [], kept).map(({ name }) => name)).toEqual(["Automatic", "Xương đá"]);
    expect(presetsOf("MR", "", [], kept)[1]?.window).toEqual({ center: 300, width: 600, function: "LINEAR" });
  });

  it("in Hounsfield are for values in Hounsfield alone", () => {
    expect(presetsOf("CT", "US", [], kept)).toHaveLength(1);
  });
});
