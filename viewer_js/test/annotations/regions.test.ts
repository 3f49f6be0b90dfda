import { describe, expect, it } from "vitest";
import type { Ruler } from "../../src/annotations/measure";
import type { Point } from "../../src/annotations/model";
import {
  areaOf,
  histogramOf,
  regionOf as regionIn,
  type StoredImage,
  valueAt,
  valuesInside,
} from "../../src/annotations/regions";

const MM: Ruler = { spacing: [0.5, 0.8], aspect: null, atDetector: false };
const NONE: Ruler = { spacing: null, aspect: null, atDetector: false };

const ellipse = (points: Point[]) => ({ graphic_type: "ELLIPSE", points }) as const;
const outline = (points: Point[]) => ({ graphic_type: "POLYLINE", points }) as const;

function regionOf(image: StoredImage, ruler: Ruler, points: Point[]) {
  return regionIn(image, ruler, ellipse(points));
}

function ellipseArea(ruler: Ruler, points: Point[]) {
  return areaOf(ruler, ellipse(points));
}

const [ROWS, COLUMNS] = [24, 32];
const IMAGE: StoredImage = {
  values: Int16Array.from({ length: ROWS * COLUMNS }, (_, i) => {
    const [row, column] = [Math.floor(i / COLUMNS), i % COLUMNS];
    return ((row * 37 + column * 11) % 101) - 40;
  }),
  rows: ROWS,
  columns: COLUMNS,
  slope: 2,
  intercept: -1024,
  unit: "HU",
};

// every number here was made with numpy from the same image and the same ellipse
describe("an ellipse has numpy's values", () => {
  it("upright", () => {
    const region = regionOf(IMAGE, MM, [
      [4, 10],
      [20, 10],
      [12, 5],
      [12, 15],
    ]);
    expect(region).toMatchObject({ count: 128, min: -1104, max: -904, unit: "HU" });
    expect(region?.mean).toBeCloseTo(-1006.5, 9);
    expect(region?.sd).toBeCloseTo(58.441209775294695, 9);
    expect(region?.area_mm2).toBeCloseTo(50.26548245743669, 9);
  });

  it("half outside the image", () => {
    const region = regionOf(IMAGE, MM, [
      [-6, 3],
      [6, 3],
      [0, -2],
      [0, 8],
    ]);
    expect(region).toMatchObject({ count: 41, min: -1104, max: -912 });
    expect(region?.mean).toBeCloseTo(-1008.829268292683, 9);
    expect(region?.sd).toBeCloseTo(57.259317034605665, 9);
  });

  it("lying aslant", () => {
    const region = regionOf(IMAGE, MM, [
      [8, 8],
      [20, 16],
      [12, 15],
      [16, 9],
    ]);
    expect(region).toMatchObject({ count: 84, min: -1102, max: -904 });
    expect(region?.mean).toBeCloseTo(-999.6666666666666, 9);
    expect(region?.sd).toBeCloseTo(58.045001698873456, 9);
    expect(region?.area_mm2).toBeCloseTo(32.672563597333856, 9);
  });
});

describe("an ellipse", () => {
  it("counts a pixel whose centre lies on its line", () => {
    expect(
      regionOf(IMAGE, MM, [
        [2.5, 3.5],
        [4.5, 3.5],
        [3.5, 2.5],
        [3.5, 4.5],
      ])?.count,
    ).toBe(5);
  });

  it("without a pixel's centre inside has no values", () => {
    expect(
      regionOf(IMAGE, MM, [
        [3, 3],
        [3.2, 3],
        [3.1, 2.9],
        [3.1, 3.1],
      ]),
    ).toBeNull();
    expect(
      regionOf(IMAGE, MM, [
        [3, 3],
        [9, 3],
        [6, 3],
        [6, 3],
      ]),
    ).toBeNull();
  });

  it("has no area where no spacing is known", () => {
    expect(
      ellipseArea(NONE, [
        [0, 0],
        [2, 0],
        [1, -1],
        [1, 1],
      ]),
    ).toBeNull();
  });
});

// an image of 24 rows and 32 columns; masks by numpy (rectangle, circle) and by winding angles (freehand)
describe("an outline has numpy's values", () => {
  it("as a rectangle whose edges cross pixels", () => {
    const rectangle = outline([
      [4.2, 3.6],
      [15.9, 3.6],
      [15.9, 11],
      [4.2, 11],
    ]);
    const region = regionIn(IMAGE, MM, rectangle);
    expect(region).toMatchObject({ count: 84, min: -1104, max: -904 });
    expect(region?.mean).toBeCloseTo(-1004.6428571428571, 9);
    expect(region?.sd).toBeCloseTo(59.177023142662485, 9);
    expect(region?.area_mm2).toBeCloseTo(34.632, 9);
    expect(histogramOf([...valuesInside(IMAGE, rectangle)], 8)).toEqual([12, 10, 11, 10, 10, 9, 11, 11]);
  });

  it("as a freehand line with a notch, slanting edges and corners between pixels", () => {
    const drawn = outline([
      [5, 5],
      [25, 5.5],
      [25, 20],
      [15, 10],
      [5.3, 20],
    ]);
    const region = regionIn(IMAGE, MM, drawn);
    expect(region).toMatchObject({ count: 200, min: -1104, max: -904 });
    expect(region?.mean).toBeCloseTo(-1004.44, 9);
    expect(region?.sd).toBeCloseTo(58.17702639358598, 9);
    expect(region?.area_mm2).toBeCloseTo(77.7, 9);
    expect(histogramOf([...valuesInside(IMAGE, drawn)], 8)).toEqual([26, 23, 26, 27, 23, 23, 27, 25]);
  });

  it("as a circle of 4 mm on oblong pixels", () => {
    const region = regionOf(IMAGE, MM, [
      [16, 4],
      [16, 20],
      [11, 12],
      [21, 12],
    ]);
    expect(region).toMatchObject({ count: 128, min: -1104, max: -904 });
    expect(region?.mean).toBeCloseTo(-1002.484375, 9);
    expect(region?.sd).toBeCloseTo(57.452559828604464, 9);
    expect(region?.area_mm2).toBeCloseTo(50.26548245743669, 9);
  });
});

it("an outline on pixel edges holds exactly those pixels, also beside the image", () => {
  const edges = (x: number) =>
    outline([
      [x, 5],
      [x + 10, 5],
      [x + 10, 8],
      [x, 8],
    ]);
  expect([...valuesInside(IMAGE, edges(10))]).toHaveLength(30);
  expect([...valuesInside(IMAGE, edges(-4))]).toHaveLength(18);
  expect(regionIn(IMAGE, MM, edges(40))).toBeNull();
});

it("a pixel's value is that of the pixel the point lies in", () => {
  expect(valueAt(IMAGE, [0, 0])).toBe(-40 * 2 - 1024);
  expect(valueAt(IMAGE, [31.99, 0.5])).toBe((((31 * 11) % 101) - 40) * 2 - 1024);
  expect(valueAt(IMAGE, [32, 0.5])).toBeNull();
});

it("a histogram of one value has it in the middle, as numpy's", () => {
  expect(histogramOf([5, 5, 5], 4)).toEqual([0, 0, 3, 0]);
  expect(histogramOf([0, 1, 2, 3, 4], 4)).toEqual([1, 1, 1, 2]);
});

it("says how far the area may be believed", () => {
  const points = outline([
    [2, 2],
    [9, 2],
    [9, 9],
  ]);
  expect(regionIn(IMAGE, { ...MM, atDetector: true }, points)?.at_detector).toBe(true);
  expect(regionIn(IMAGE, { ...MM, calibrated: true }, points)).toMatchObject({ calibrated: true });
  expect(regionIn(IMAGE, { ...MM, uncertain: true }, points)).toMatchObject({ uncertain: true });
});
