import { describe, expect, it } from "vitest";
import { distanceToSegment, hitTest } from "../../src/annotations/hit";
import type { Affine } from "../../src/viewport/geometry";
import { mark } from "./marks";

const DOUBLE: Affine = { a: 2, b: 0, c: 0, d: 2, e: 100, f: 50 };
const LINE = mark("length", [
  [0, 0],
  [100, 0],
]);
const ELLIPSE = mark(
  "ellipse",
  [
    [20, 100],
    [80, 100],
    [50, 90],
    [50, 110],
  ],
  { id: "m2" },
);

describe("a pointer", () => {
  it("takes the handle it is on", () => {
    expect(hitTest([LINE], DOUBLE, [298, 53], 8)).toMatchObject({ annotation: { id: "m1" }, handle: 1 });
  });

  it("takes the mark when it is on its line", () => {
    expect(hitTest([LINE], DOUBLE, [200, 56], 8)).toMatchObject({ annotation: { id: "m1" }, handle: null });
  });

  it("takes nothing beside it", () => {
    expect(hitTest([LINE], DOUBLE, [200, 59], 8)).toBeNull();
    expect(hitTest([LINE], DOUBLE, [330, 50], 8)).toBeNull();
  });

  it("of a finger reaches further", () => {
    expect(hitTest([LINE], DOUBLE, [200, 69], 22)).not.toBeNull();
  });

  it("takes an ellipse by its line, not by its inside", () => {
    // at 45 degrees of the parameter
    const [x, y] = [50 + 30 * Math.SQRT1_2, 100 + 10 * Math.SQRT1_2];
    expect(hitTest([ELLIPSE], DOUBLE, [2 * x + 100, 2 * y + 50], 4)).toMatchObject({ handle: null });
    expect(hitTest([ELLIPSE], DOUBLE, [200, 250], 4)).toBeNull();
  });

  it("takes the nearer of two marks", () => {
    const lower = mark(
      "length",
      [
        [0, 8],
        [100, 8],
      ],
      { id: "m3" },
    );
    expect(hitTest([LINE, lower], DOUBLE, [200, 60], 14)?.annotation.id).toBe("m3");
  });
});

it("a segment ends at its ends", () => {
  expect(distanceToSegment([13, 4], [0, 0], [10, 0])).toBe(5);
  expect(distanceToSegment([3, 4], [0, 0], [0, 0])).toBe(5);
});
