import { expect, it } from "vitest";
import { KINDS } from "../../src/annotations/kinds";
import type { AnnotationKind, Point } from "../../src/annotations/model";
import { isFolded } from "../../src/tools/edit";
import { mark } from "../annotations/marks";

const CORNERS: Point[] = [
  [10, 10],
  [40, 10],
  [40, 30],
  [10, 30],
];

function folded(kind: AnnotationKind, points: readonly Point[], handle: number, onto: number): boolean {
  const target = points[onto] ?? [0, 0];
  const moved = KINDS[kind].moved(points, handle, target, 1);
  return isFolded(mark(kind, moved), handle);
}

it("a line whose end is let go on the other measures nothing", () => {
  expect(folded("length", CORNERS.slice(0, 2), 0, 1)).toBe(true);
  expect(folded("arrow", CORNERS.slice(0, 2), 1, 0)).toBe(true);
  expect(folded("angle", CORNERS.slice(0, 3), 2, 1)).toBe(true);
  expect(folded("angle", CORNERS.slice(0, 3), 1, 0)).toBe(true);
  expect(folded("rectangle", CORNERS, 0, 3)).toBe(true);
  expect(folded("cobb", CORNERS, 3, 2)).toBe(true);
});

it("lines that touch or cross are no less than they were", () => {
  expect(folded("angle", CORNERS.slice(0, 3), 0, 2)).toBe(false);
  expect(folded("cobb", CORNERS, 2, 1)).toBe(false);
  expect(folded("polyline", CORNERS, 1, 0)).toBe(false);
  expect(folded("probe", CORNERS.slice(0, 1), 0, 0)).toBe(false);
});
