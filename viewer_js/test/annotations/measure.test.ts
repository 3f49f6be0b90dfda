import { describe, expect, it } from "vitest";
import {
  angleOf,
  ellipseArea,
  lengthOf,
  type Ruler,
  regionOf,
  type StoredImage,
} from "../../src/annotations/measure";
import type { Point } from "../../src/annotations/model";

const MM: Ruler = { spacing: [0.5, 0.8], aspect: null, atDetector: false };
const NONE: Ruler = { spacing: null, aspect: null, atDetector: false };

describe("a length", () => {
  it("counts rows and columns with their own spacing", () => {
    // 3 columns of 0.8 mm and 4 rows of 0.5 mm
    const { length, unit } = lengthOf(MM, [
      [1, 1],
      [4, 5],
    ]);
    expect(length).toBeCloseTo(Math.hypot(2.4, 2));
    expect(unit).toBe("mm");
  });

  it("is in pixels where no spacing is known, whatever their shape", () => {
    const ruler = { ...NONE, aspect: [2, 1] as const };
    expect(
      lengthOf(ruler, [
        [0, 0],
        [3, 4],
      ]),
    ).toEqual({ length: 5, unit: "px", at_detector: false });
  });

  it("says that it was measured at the detector", () => {
    expect(
      lengthOf({ ...MM, atDetector: true }, [
        [0, 0],
        [1, 0],
      ]).at_detector,
    ).toBe(true);
  });
});

describe("an angle", () => {
  const points: Point[] = [
    [10, 0],
    [0, 0],
    [10, 10],
  ];

  it("is between the two arms at the middle point", () => {
    expect(angleOf(NONE, points).degrees).toBeCloseTo(45);
    expect(
      angleOf(NONE, [
        [5, 0],
        [0, 0],
        [-5, 0],
      ]).degrees,
    ).toBeCloseTo(180);
    expect(
      angleOf(NONE, [
        [0, 7],
        [0, 0],
        [3, 0],
      ]).degrees,
    ).toBeCloseTo(90);
  });

  it("is that of the body, not of the pixels", () => {
    const degrees = (Math.atan2(5, 8) * 180) / Math.PI;
    expect(angleOf(MM, points).degrees).toBeCloseTo(degrees);
    expect(angleOf({ ...NONE, aspect: [5, 8] }, points).degrees).toBeCloseTo(degrees);
  });
});

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
