import { expect, it } from "vitest";
import { refusalOf } from "../../src/volume/eligible";
import { degreesOf, millimetresOf } from "../../src/volume/measures";
import { instance, series, study } from "../manifests";

function stack(count: number, change: (number: number) => object = () => ({})) {
  const images = Array.from({ length: count }, (_, i) => instance(i + 1, change(i + 1)));
  return study(series("a", images)).stacks[0] ?? null;
}

it("offers planes for five slices in a row and more", () => {
  expect(refusalOf(stack(5))).toBeNull();
  expect(refusalOf(stack(4))).toContain("five");
  expect(refusalOf(null)).toContain("five");
});

it.each([
  [{ samples: 3 }, "Colour"],
  [{ orientation: null }, "where they lie"],
  [{ spacing: null }, "size of their pixels"],
  [{ position: null, spacing: null }, "where they lie"],
  [{ position: [0, 0, 7] }, "same place"],
])("says why not: %o", (change, reason) => {
  expect(refusalOf(stack(9, () => change))).toContain(reason);
});

it("measures millimetres and degrees in the patient", () => {
  expect(
    millimetresOf([
      [1, 2, 3],
      [4, 6, 3],
    ]),
  ).toBe(5);
  expect(
    degreesOf([
      [10, 0, 0],
      [0, 0, 0],
      [0, 0, 3],
    ]),
  ).toBeCloseTo(90);
});
