import { describe, expect, it } from "vitest";
import type { Point } from "../../src/annotations/model";
import {
  apply,
  aspectOf,
  fitted,
  flippedSideways,
  flippedUpsideDown,
  type ImagePlane,
  imageToPatient,
  imageToScreen,
  inverted,
  type Placement,
  panned,
  patientToImage,
  type Rotation,
  rotatedRight,
  zoomedAt,
} from "../../src/viewport/geometry";

const SQUARE: ImagePlane = { columns: 512, rows: 512, aspect: 1 };
const VIEWPORT = { width: 1024, height: 768 };

function screenOf(plane: ImagePlane, placement: Placement, point: Point): Point {
  return apply(imageToScreen(plane, VIEWPORT, placement), point);
}

function expectPoint([x, y]: Point, [wantedX, wantedY]: Point): void {
  expect(x).toBeCloseTo(wantedX, 9);
  expect(y).toBeCloseTo(wantedY, 9);
}

describe("an image that fits", () => {
  it("fills the shorter side and stands in the middle", () => {
    expectPoint(screenOf(SQUARE, fitted(SQUARE), [0, 0]), [128, 0]);
    expectPoint(screenOf(SQUARE, fitted(SQUARE), [512, 512]), [896, 768]);
  });

  it("puts the first pixel's centre half a pixel inside", () => {
    expectPoint(screenOf(SQUARE, fitted(SQUARE), [0.5, 0.5]), [128.75, 0.75]);
  });

  it("shows pixels twice as high as wide at their true proportions", () => {
    const plane = { columns: 200, rows: 100, aspect: 2 };
    const [left, top] = screenOf(plane, fitted(plane), [0, 0]);
    const [right, bottom] = screenOf(plane, fitted(plane), [200, 100]);
    expect(right - left).toBeCloseTo(bottom - top, 9);
  });

  it("fits a lying image when it is turned", () => {
    const plane = { columns: 400, rows: 100, aspect: 1 };
    const turned: Placement = { ...fitted(plane), rotation: 90 };
    expectPoint(screenOf(plane, turned, [0, 0]), [512 + 96, 0]);
    expectPoint(screenOf(plane, turned, [400, 100]), [512 - 96, 768]);
  });
});

describe("the aspect of a pixel", () => {
  it("comes from the spacing, else from the aspect ratio, else is square", () => {
    expect(aspectOf({ spacing: [1.5, 0.5], aspect: [1, 1] })).toBe(3);
    expect(aspectOf({ spacing: null, aspect: [4, 3] })).toBeCloseTo(4 / 3);
    expect(aspectOf({ spacing: null, aspect: null })).toBe(1);
    expect(aspectOf({ spacing: [0, 0], aspect: null })).toBe(1);
  });
});

describe("the inverse map", () => {
  it("leads back to the image for every rotation and flip", () => {
    const plane = { columns: 300, rows: 200, aspect: 1.4 };
    for (const rotation of [0, 90, 180, 270] satisfies Rotation[]) {
      for (const flip of [false, true]) {
        const map = imageToScreen(plane, VIEWPORT, { zoom: 2.5, centre: [70, 90], rotation, flip });
        expectPoint(apply(inverted(map), apply(map, [12.5, 170.25])), [12.5, 170.25]);
      }
    }
  });
});

describe("turning and flipping", () => {
  const corner: Point = [0, 0];
  const start = fitted(SQUARE);

  it("turns the top left corner to the top right", () => {
    expectPoint(screenOf(SQUARE, rotatedRight(start), corner), [896, 0]);
  });

  it("turns to the right on the screen when the image is flipped as well", () => {
    const flipped = flippedSideways(start);
    expectPoint(screenOf(SQUARE, flipped, corner), [896, 0]);
    expectPoint(screenOf(SQUARE, rotatedRight(flipped), corner), [896, 768]);
  });

  it("flips left and right on the screen whatever the rotation", () => {
    const turned = rotatedRight(start);
    expectPoint(screenOf(SQUARE, flippedSideways(turned), corner), [128, 0]);
  });

  it("flips top and bottom on the screen whatever the rotation", () => {
    expectPoint(screenOf(SQUARE, flippedUpsideDown(start), corner), [128, 768]);
    expectPoint(screenOf(SQUARE, flippedUpsideDown(rotatedRight(start)), corner), [896, 768]);
  });

  it("is where it was after four turns, or after the same flip twice", () => {
    let placement = start;
    for (let i = 0; i < 4; i++) placement = rotatedRight(placement);
    expect(placement).toEqual(start);
    expect(flippedUpsideDown(flippedUpsideDown(start))).toEqual(start);
  });
});

describe("zooming and moving", () => {
  it("keeps the point under the pointer where it is", () => {
    const start: Placement = { zoom: 1.3, centre: [250, 260], rotation: 270, flip: true };
    const pointer: Point = [600, 300];
    const under = apply(inverted(imageToScreen(SQUARE, VIEWPORT, start)), pointer);
    expectPoint(screenOf(SQUARE, zoomedAt(SQUARE, VIEWPORT, start, pointer, 1.7), under), pointer);
  });

  it("moves the picture by the pointer's way", () => {
    const start: Placement = { zoom: 2, centre: [256, 256], rotation: 90, flip: true };
    const before = screenOf(SQUARE, start, [200, 220]);
    const after = screenOf(SQUARE, panned(SQUARE, VIEWPORT, start, 30, -12), [200, 220]);
    expectPoint(after, [before[0] + 30, before[1] - 12]);
  });

  it("never loses the image from sight", () => {
    const far = panned(SQUARE, VIEWPORT, fitted(SQUARE), 1e6, -1e6);
    expect(far.centre).toEqual([0, 512]);
  });

  it("stops at sensible zooms", () => {
    expect(zoomedAt(SQUARE, VIEWPORT, fitted(SQUARE), [1, 1], 1e9).zoom).toBe(60);
    expect(zoomedAt(SQUARE, VIEWPORT, fitted(SQUARE), [1, 1], 1e-9).zoom).toBe(0.1);
  });
});

describe("the patient", () => {
  const position = [-100, -80, 40] as const;
  const axial = [1, 0, 0, 0, 1, 0] as const;

  it("is at Image Position (Patient) in the centre of the first pixel", () => {
    expect(imageToPatient([0.5, 0.5], position, axial, [0.7, 0.5])).toEqual([-100, -80, 40]);
  });

  it("is a row spacing further down in the next row, a column spacing further along in the next column", () => {
    const [x, y, z] = imageToPatient([2.5, 11.5], position, axial, [0.7, 0.5]);
    expect([x, y, z]).toEqual([-99, -80 + 11 * 0.7, 40]);
  });

  it("is found again from its millimetres, with the distance to the plane", () => {
    const oblique = [0, 0.8, -0.6, 1, 0, 0] as const;
    const patient = imageToPatient([33.25, 7.5], position, oblique, [1.2, 0.9]);
    const found = patientToImage(patient, position, oblique, [1.2, 0.9]);
    expectPoint(found.point, [33.25, 7.5]);
    expect(found.distance).toBeCloseTo(0, 9);
    const above = patientToImage(
      [patient[0], patient[1] - 0.6 * 5, patient[2] - 0.8 * 5],
      position,
      oblique,
      [1.2, 0.9],
    );
    expect(Math.abs(above.distance)).toBeCloseTo(5, 9);
  });
});
