import { expect, it } from "vitest";
import { scaleBar } from "../../src/viewport/scale_bar";

it("is the longest round bar that has room", () => {
  expect(scaleBar(2, 120)).toEqual({ millimetres: 50, length: 100 });
  expect(scaleBar(0.3, 120)).toEqual({ millimetres: 200, length: 60 });
  expect(scaleBar(80, 120)).toEqual({ millimetres: 1, length: 80 });
});

it("is left out where even the shortest has no room", () => {
  expect(scaleBar(5000, 120)).toBeNull();
});
