import { expect, it } from "vitest";
import { newId } from "../../src/annotations/ids";

it("makes ids as the server does: 26 letters, later ones greater", () => {
  expect(newId()).toMatch(/^[0-9a-hjkmnp-tv-z]{26}$/);
  expect(newId(1_763_800_000_000) < newId(1_763_800_000_001)).toBe(true);
  expect(newId(0).slice(0, 10)).toBe("0000000000");
  expect(newId(5)).not.toBe(newId(5));
});
