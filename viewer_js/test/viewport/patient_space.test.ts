/** Places of images in the patient: there and back, where planes cut one another, and which slice is nearest. */

import { describe, expect, it } from "vitest";
import type { Vector3 } from "../../src/api/manifest";
import {
  crossing,
  dot,
  nearestFrame,
  planeOf,
  shareSpace,
  toImage,
  toPatient,
} from "../../src/viewport/patient_space";
import { instance, series, study } from "../manifests";

const S = Math.SQRT1_2;

function frames(...changes: Parameters<typeof instance>[1][]) {
  const made = changes.map((change, n) => instance(n + 1, change));
  return study(series("a", made)).stacks[0]?.frames ?? [];
}

function planes(...changes: Parameters<typeof instance>[1][]) {
  return frames(...changes).map((frame) => planeOf(frame) ?? expect.fail("no plane"));
}

function distance(point: Vector3, plane: ReturnType<typeof planes>[number]): number {
  const from: Vector3 = [point[0] - plane.origin[0], point[1] - plane.origin[1], point[2] - plane.origin[2]];
  return dot(from, plane.normal);
}

const AXIAL = { position: [-100, -100, 0], rows: 200, columns: 200, spacing: [1, 1] } as const;
const SAGITTAL = {
  position: [10, -80, 50],
  orientation: [0, 1, 0, 0, 0, -1],
  rows: 100,
  columns: 100,
  spacing: [1, 1],
} as const;

describe("points", () => {
  it("the centre of the first pixel lies at the image's position, and comes back", () => {
    const [frame] = frames({ ...AXIAL, spacing: [0.5, 0.25] });
    if (!frame) return expect.fail();
    expect(toPatient(frame, [0.5, 0.5])).toEqual([-100, -100, 0]);
    expect(toPatient(frame, [4.5, 2.5])).toEqual([-99, -99, 0]);
    expect(toImage(frame, [-99, -99, 3])).toEqual({ point: [4.5, 2.5], distance: 3 });
  });

  it("a frame without position has no place", () => {
    const [frame] = frames({ position: null });
    if (!frame) return expect.fail();
    expect(toPatient(frame, [1, 1])).toBeNull();
    expect(planeOf(frame)).toBeNull();
  });
});

it("a frame with impossible directions has no place", () => {
  const [frame] = frames({ orientation: [1, 0, 0, 1, 0, 0] });
  if (!frame) return expect.fail();
  expect(toPatient(frame, [1, 1])).toBeNull();
  expect(planeOf(frame)).toBeNull();
});

describe("crossing planes", () => {
  it("of an axial and a sagittal image is the line both share, within both", () => {
    const [axial, sagittal] = planes(AXIAL, SAGITTAL);
    const line = axial && sagittal && crossing(axial, sagittal);
    if (!line) return expect.fail();
    const [from, to] = [...line].sort((a, b) => a[1] - b[1]);
    expect(from?.map((value) => Math.round(value * 10) / 10)).toEqual([10, -80.5, 0]);
    expect(to?.map((value) => Math.round(value * 10) / 10)).toEqual([10, 19.5, 0]);
  });

  it("of oblique planes lies in both, and both ends on an edge", () => {
    const [one, other] = planes(
      { ...AXIAL, orientation: [1, 0, 0, 0, S, S], position: [-100, -70, -70] },
      { ...SAGITTAL, orientation: [S, S, 0, 0, 0, -1], position: [-40, -40, 50] },
    );
    const line = one && other && crossing(one, other);
    if (!line) return expect.fail();
    for (const point of line) {
      expect(distance(point, one)).toBeCloseTo(0, 9);
      expect(distance(point, other)).toBeCloseTo(0, 9);
    }
    expect(
      Math.hypot(line[0][0] - line[1][0], line[0][1] - line[1][1], line[0][2] - line[1][2]),
    ).toBeGreaterThan(50);
    const back = crossing(other, one);
    expect(new Set(back?.map(String).map((text) => text.slice(0, 8)))).toEqual(
      new Set(line.map(String).map((text) => text.slice(0, 8))),
    );
  });

  it("is none for parallel planes and for images beside one another", () => {
    const [axial, above, beside] = planes(
      AXIAL,
      { ...AXIAL, position: [-100, -100, 5] },
      { ...SAGITTAL, position: [10, -80, 500] },
    );
    if (!axial || !above || !beside) return expect.fail();
    expect(crossing(axial, above)).toBeNull();
    expect(crossing(axial, beside)).toBeNull();
  });
});

it("the nearest slice is found by its plane, not by its number", () => {
  const stack = frames({ position: [0, 0, 30] }, { position: [0, 0, 20] }, { position: [0, 0, 10] });
  expect(nearestFrame(stack, [5, 5, 12])).toBe(2);
  expect(nearestFrame([], [0, 0, 0])).toBeNull();
});

it("only one frame of reference is one space", () => {
  const [one, same, other, none] = frames(
    {},
    {},
    { frame_of_reference_uid: "2.1" },
    { frame_of_reference_uid: null },
  );
  if (!one || !same || !other || !none) return expect.fail();
  expect(shareSpace(one, same)).toBe(true);
  expect(shareSpace(one, other)).toBe(false);
  expect(shareSpace(none, none)).toBe(false);
});
