import { describe, expect, it } from "vitest";
import type { Vector3 } from "../../src/api/manifest";
import { clampedInto, middleOf, stepAlong } from "../../src/volume/box";
import {
  atSlice,
  centreOf,
  isOblique,
  movedTo,
  normalOf,
  PLANES,
  panned,
  pushed,
  rotated,
  scrolled,
  sliceOf,
  startingTrio,
} from "../../src/volume/trio";
import { dot, lengthOf, minus } from "../../src/volume/vectors";
import { TILTED, UPRIGHT } from "./boxes";

const START = startingTrio(middleOf(UPRIGHT));

function close(one: Vector3, other: Vector3): void {
  expect(lengthOf(minus(one, other))).toBeLessThan(1e-9);
}

describe("a block of voxels", () => {
  it("knows its middle and keeps points inside", () => {
    close(middleOf(UPRIGHT), [27.75, 27.75, 150]);
    close(clampedInto(UPRIGHT, [-500, 0, 9999]), [-100, 0, 250]);
  });

  it("keeps points inside a slanted block, too", () => {
    const top = clampedInto(TILTED, [0, 300, 9999]);
    expect(dot(minus(top, TILTED.origin), [0, 0, 1])).toBeCloseTo(200 * TILTED.axes[2][2]);
    close(clampedInto(TILTED, middleOf(TILTED)), middleOf(TILTED));
  });

  it("is stepped through by its own voxels", () => {
    expect(stepAlong(UPRIGHT, [0, 0, 1])).toBeCloseTo(2);
    expect(stepAlong(UPRIGHT, [1, 0, 0])).toBeCloseTo(0.5);
  });
});

describe("three planes", () => {
  it("start as radiologists hang them: left on the right, head up, face to the left", () => {
    const { axial, coronal, sagittal } = START.views;
    expect([axial.right, axial.down]).toEqual([
      [1, 0, 0],
      [0, 1, 0],
    ]);
    expect([coronal.right, coronal.down]).toEqual([
      [1, 0, 0],
      [0, 0, -1],
    ]);
    expect([sagittal.right, sagittal.down]).toEqual([
      [0, 1, 0],
      [0, 0, -1],
    ]);
  });

  it("are scrolled one slice at a time, to the feet first, and stop at the ends", () => {
    const once = scrolled(START, "axial", 1, UPRIGHT);
    close(once.focus, [27.75, 27.75, 148]);
    expect(sliceOf(once, "axial", UPRIGHT)).toEqual({ number: 52, count: 101 });
    expect(scrolled(START, "axial", 1000, UPRIGHT).focus[2]).toBeCloseTo(50);
    expect(sliceOf(atSlice(START, "axial", 7, UPRIGHT), "axial", UPRIGHT).number).toBe(7);
  });

  it("leave the pictures where they are when the focus moves", () => {
    const moved = movedTo(START, [40, 20, 170], UPRIGHT);
    for (const name of PLANES) {
      const way = minus(centreOf(moved, name), centreOf(START, name));
      const { right, down } = START.views[name];
      expect(dot(way, right)).toBeCloseTo(0);
      expect(dot(way, down)).toBeCloseTo(0);
    }
    close(centreOf(moved, "coronal"), [27.75, 20, 150]);
  });

  it("are pushed along their normal only", () => {
    close(pushed(START, "sagittal", [3, 5, 7], UPRIGHT).focus, [30.75, 27.75, 150]);
  });

  it("turn about the normal of the picture in which the lines were turned", () => {
    const turned = rotated(START, "axial", Math.PI / 6);
    expect(turned.views.axial).toBe(START.views.axial);
    close(turned.views.coronal.right, [Math.cos(Math.PI / 6), 0.5, 0]);
    close(turned.views.coronal.down, [0, 0, -1]);
    close(turned.views.sagittal.right, [-0.5, Math.cos(Math.PI / 6), 0]);
    expect(PLANES.map((name) => isOblique(turned.views[name], name))).toEqual([false, true, true]);
  });

  it("stay at right angles after a thousand turns", () => {
    let trio = START;
    for (let i = 0; i < 1000; i++) trio = rotated(trio, PLANES[i % 3] ?? "axial", 0.123);
    const [a, c, s] = PLANES.map((name) => normalOf(trio.views[name])) as [Vector3, Vector3, Vector3];
    for (const [one, other] of [
      [a, c],
      [c, s],
      [s, a],
    ] as const)
      expect(dot(one, other)).toBeCloseTo(0, 6);
    for (const name of PLANES) {
      const { right, down } = trio.views[name];
      expect([lengthOf(right), lengthOf(down), dot(right, down)].map((x) => x.toFixed(6))).toEqual(
        ["1.000000", "1.000000", "0.000000"].map((text, i) =>
          i === 2 ? expect.stringMatching(/^-?0\.000000$/) : text,
        ),
      );
    }
  });

  it("are panned one by one", () => {
    const moved = panned(START, "axial", [10, -5]);
    close(centreOf(moved, "axial"), [17.75, 32.75, 150]);
    close(centreOf(moved, "coronal"), centreOf(START, "coronal"));
  });
});
