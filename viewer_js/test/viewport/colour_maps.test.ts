import { expect, it } from "vitest";
import { COLOUR_MAPS, paletteNamed } from "../../src/viewport/colour_maps";

/** FNV-1a over all reds, then all greens, then all blues. */
function digest(palette: Uint32Array): number {
  let hash = 0x811c9dc5;
  for (const shift of [0, 8, 16]) {
    for (const word of palette) hash = Math.imul(hash ^ ((word >>> shift) & 255), 0x01000193) >>> 0;
  }
  return hash;
}

// digests of the tables in the palette objects of PS3.6 Annex B, as pydicom carries them
it.each([
  ["HOT_IRON", 0x3369ccbb],
  ["PET", 0xdd6f1a9e],
  ["HOT_METAL_BLUE", 0x35fa6a21],
  ["PET_20_STEP", 0xaf0b0a73],
])("%s is the standard's palette to the last value", (id, expected) => {
  expect(digest(paletteNamed(id) ?? new Uint32Array())).toBe(expected);
});

it("every palette is opaque and begins with black", () => {
  for (const { palette } of COLOUR_MAPS) {
    expect(palette).toHaveLength(256);
    expect(palette.every((word) => word >>> 24 === 255)).toBe(true);
    expect((palette[0] ?? 1) & 0xffffff).toBe(0);
  }
});
