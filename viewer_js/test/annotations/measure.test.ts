import { describe, expect, it } from "vitest";
import { angleOf, axisValueAt, cobbOf, lengthOf, type Ruler, ratioOf } from "../../src/annotations/measure";
import type { Point } from "../../src/annotations/model";
import { areaOf } from "../../src/annotations/regions";

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

describe("two lines", () => {
  const lines: Point[] = [
    [0, 0],
    [0, 26],
    [0, 30],
    [31.25, 30],
  ];

  it("have a ratio, whatever the shape of the pixels", () => {
    // 26 rows of 0.5 mm are 13 mm, 31.25 columns of 0.8 mm are 25 mm
    expect(ratioOf(MM, lines)).toEqual({
      first: 13,
      second: 25,
      ratio: 0.52,
      unit: "mm",
      at_detector: false,
    });
    expect(ratioOf(MM, lines.slice(0, 2)).ratio).toBe(0);
  });

  it("make Cobb's angle, the smaller of the two, whichever way they were drawn", () => {
    const [upper, lower] = [
      [0, 0, 10, 2],
      [0, 20, 10, 15],
    ] as [number[], number[]];
    const expected = ((Math.atan2(2, 10) + Math.atan2(5, 10)) * 180) / Math.PI;
    const ends = ([x0, y0, x1, y1]: number[]) =>
      [
        [x0, y0],
        [x1, y1],
      ] as Point[];
    for (const one of [ends(upper), ends(upper).reverse()])
      for (const other of [ends(lower), ends(lower).reverse()])
        expect(cobbOf(NONE, [...one, ...other]).degrees).toBeCloseTo(expected, 9);
  });
});

it("a line of many points is as long as its parts", () => {
  const points: Point[] = [
    [0, 0],
    [10, 0],
    [10, 10],
    [0, 10],
  ];
  expect(lengthOf(MM, points).length).toBeCloseTo(8 + 5 + 8, 9);
  expect(lengthOf(NONE, points)).toMatchObject({ length: 30, unit: "px" });
});

describe("in an ultrasound image", () => {
  const tissue = {
    x0: 10,
    y0: 10,
    x1: 99,
    y1: 99,
    unit_x: "cm",
    unit_y: "cm",
    delta_x: 0.05,
    delta_y: 0.025,
  };
  const doppler = {
    ...{ x0: 0, y0: 100, x1: 199, y1: 199, unit_x: "s", unit_y: "cm/s", delta_x: 0.01, delta_y: -2 },
    ...{ reference_x: 0, reference_y: 50, value_x: 0, value_y: 0 },
  };
  const trace = { ...doppler, y0: 200, y1: 219, unit_y: "", delta_y: 0 };
  const regions = [tissue, doppler, trace].map((region) => ({ ...region, type: "" }));
  // a spacing that is there as well does not count
  const ruler: Ruler = { spacing: [1, 1], aspect: null, atDetector: true, regions };
  const length = (...points: Point[]) => lengthOf(ruler, points);

  it("a length inside a region is in that region's unit", () => {
    expect(length([20, 20], [60, 20])).toEqual({ length: 2, unit: "cm", at_detector: false });
    expect(length([20, 20], [20, 60])).toMatchObject({ length: 1, unit: "cm" });
  });

  it("time and velocity are told each for itself", () => {
    expect(length([10, 160], [60, 110])).toEqual({
      ...{ length: 0.5, unit: "s", down: 100, down_unit: "cm/s", at_detector: false },
    });
    expect(length([10, 205], [60, 215])).toEqual({ length: 0.5, unit: "s", at_detector: false });
  });

  it("across regions, outside of all and along several points there are only pixels", () => {
    expect(length([20, 60], [20, 110])).toMatchObject({ length: 50, unit: "px" });
    expect(length([150, 20], [150, 50])).toMatchObject({ length: 30, unit: "px" });
    expect(length([10, 110], [20, 110], [30, 110])).toMatchObject({ length: 20, unit: "px" });
  });

  it("a velocity is read where the point lies, from the base line", () => {
    expect(axisValueAt(ruler, [30, 120.5])).toEqual({ value: 60, unit: "cm/s" });
    expect(axisValueAt(ruler, [30, 30])).toBeNull();
  });

  it("an area is in square millimetres where both ways are lengths", () => {
    const square = (x: number, y: number): Point[] => [
      [x, y],
      [x + 20, y],
      [x + 20, y + 20],
      [x, y + 20],
    ];
    // 1 cm by 0.5 cm
    expect(areaOf(ruler, { graphic_type: "POLYLINE", points: square(20, 20) })).toBeCloseTo(50, 9);
    expect(areaOf(ruler, { graphic_type: "POLYLINE", points: square(20, 120) })).toBeNull();
  });
});

it("calibrated lengths say so", () => {
  const line: Point[] = [
    [0, 0],
    [1, 0],
  ];
  expect(lengthOf({ ...MM, calibrated: true }, line)).toMatchObject({ calibrated: true, unit: "mm" });
  expect(lengthOf({ ...NONE, calibrated: true }, line)).not.toHaveProperty("calibrated");
});
