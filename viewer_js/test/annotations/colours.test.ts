import { expect, it } from "vitest";
import { COLOURS, coloursOf } from "../../src/annotations/colours";

it("gives every author another colour, the same whoever asks in whatever order", () => {
  const ids = ["a", "b", "c", "d", "e", "f", "g", "h"];
  const colours = coloursOf(ids);
  expect(new Set(colours.values()).size).toBe(COLOURS.length);
  expect(coloursOf([...ids].reverse())).toEqual(colours);
});

it("goes on with more authors than colours", () => {
  expect(coloursOf(Array.from({ length: 20 }, (_, i) => `p${i}`)).size).toBe(20);
});

it("is bright enough on grey: three to one on the middle of the scale with its rim, seven to one on black", () => {
  const linear = (part: string) => (Number.parseInt(part, 16) / 255) ** 2.2;
  for (const colour of COLOURS) {
    const [r, g, b] = (colour.slice(1).match(/../g) ?? []).map(linear) as [number, number, number];
    expect((0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05) / 0.05).toBeGreaterThan(7);
  }
});
