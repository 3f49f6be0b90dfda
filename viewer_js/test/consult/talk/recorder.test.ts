import { expect, it } from "vitest";
import { lengthOf } from "../../../src/consult/length";
import { peaksOf } from "../../../src/consult/talk/recorder";

it("a long voice is drawn by the loudest of each stretch, a short one as it is", () => {
  expect(peaksOf([0, 0.5, 0, 1], 2)).toEqual([50, 100]);
  expect(peaksOf([0.25, 0.1], 48)).toEqual([25, 10]);
  expect(peaksOf([])).toEqual([]);
  const three = Array.from({ length: 1800 }, (_, n) => (n === 1799 ? 1 : 0));
  expect(peaksOf(three)).toHaveLength(48);
  expect(peaksOf(three).at(-1)).toBe(100);
});

it("time is told as minutes and seconds", () => {
  expect([0, 7_400, 65_000, 180_000].map(lengthOf)).toEqual(["0:00", "0:07", "1:05", "3:00"]);
});
