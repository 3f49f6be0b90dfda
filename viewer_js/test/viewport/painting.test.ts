import { describe, expect, it } from "vitest";
import { filtered } from "../../src/viewport/finish";
import { imageToScreen } from "../../src/viewport/geometry";
import { isSoftware } from "../../src/viewport/hardware";
import { reduced } from "../../src/viewport/painter";
import { cellsOf, holds, type Region, reductionOf, regionOf } from "../../src/viewport/region";

const SCREEN = { width: 1000, height: 800 };
const LARGE = { columns: 3000, rows: 2500, aspect: 1 };
const PLANE = { width: LARGE.columns, height: LARGE.rows };

function shown(zoom: number, centre: [number, number] = [1500, 1250]): Region | null {
  const placement = { zoom, centre, rotation: 0, flip: false } as const;
  return regionOf(PLANE, imageToScreen(LARGE, SCREEN, placement), SCREEN);
}

describe("the part of an image that is painted", () => {
  it("is all of it when it fits, with as many pixels as the screen can show", () => {
    expect(shown(1)).toEqual({ x: 0, y: 0, width: 3000, height: 2500, reduction: 3 });
    expect(cellsOf(shown(1) as Region)).toEqual({ width: 1000, height: 834 });
  });

  it("is what lies on the screen and a margin when it is enlarged, in its own pixels", () => {
    const region = shown(8) as Region;
    expect(region.reduction).toBe(1);
    expect(region.width).toBeGreaterThan(400);
    expect(region.width).toBeLessThan(460);
    expect(holds(region, { ...region, x: region.x + 20, width: 300 })).toBe(true);
    expect(holds(region, { ...region, x: region.x - 1 })).toBe(false);
  });

  it("begins on a fixed grid, so that moving the image changes no mean", () => {
    const starts = [1200, 1201, 1233.7].map((x) => (shown(1.4, [x, 1000]) as Region).x);
    expect(starts.every((x) => x % 2 === 0)).toBe(true);
  });

  it("is nothing when the image lies beside the screen", () => {
    expect(regionOf(PLANE, { a: 1, b: 0, c: 0, d: 1, e: 5000, f: 0 }, SCREEN)).toBeNull();
  });

  it("is as fine as the finer direction of an image with oblong pixels needs", () => {
    expect(reductionOf({ a: 0.2, b: 0, c: 0, d: 0.5, e: 0, f: 0 })).toBe(2);
    expect(reductionOf({ a: 3, b: 0, c: 0, d: 3, e: 0, f: 0 })).toBe(1);
  });
});

it("several pixels become their mean, at the edge of those that there are", () => {
  const patterns = Uint16Array.from({ length: 15 }, (_, i) => i);
  const greys = Uint8Array.from({ length: 16 }, (_, i) => i * 10);
  const region = { x: 0, y: 0, width: 5, height: 3, reduction: 2 };
  const out = reduced(patterns, greys, 5, region, cellsOf(region));
  expect([...out]).toEqual([30, 50, 65, 105, 125, 140]);
});

describe("filters", () => {
  const step = Uint8Array.from([100, 100, 200, 200, 100, 100, 200, 200, 100, 100, 200, 200]);

  it("smooth softens an edge and sharpen makes it steeper", () => {
    expect([...filtered(step, 4, 3, "smooth")].slice(4, 8)).toEqual([100, 125, 175, 200]);
    expect([...filtered(step, 4, 3, "sharpen")].slice(4, 8)).toEqual([100, 75, 225, 200]);
  });

  it("leave even areas as they are, at the edges too", () => {
    const even = new Uint8Array(12).fill(77);
    expect(filtered(even, 4, 3, "smooth")).toEqual(even);
    expect(filtered(even, 4, 3, "sharpen")).toEqual(even);
  });

  it("stay between black and white", () => {
    const hard = Uint8Array.from([0, 255, 0, 255, 0, 255, 0, 255, 0]);
    expect(filtered(hard, 3, 3, "sharpen")[4]).toBe(0);
    expect(filtered(hard, 3, 3, "sharpen")[1]).toBe(255);
  });
});

it.each([
  ["ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device (Subzero) (0x0000C0DE)), SwiftShader driver)", true],
  ["llvmpipe (LLVM 15.0.6, 256 bits)", true],
  ["ANGLE (Microsoft, Microsoft Basic Render Driver Direct3D11 vs_5_0 ps_5_0)", true],
  ["Software Rasterizer", true],
  ["", true],
  ["ANGLE (Intel, Mesa Intel(R) UHD Graphics 620 (KBL GT2), OpenGL 4.6)", false],
  ["Apple GPU", false],
  ["Adreno (TM) 640", false],
])("%s is a program: %s", (name, expected) => {
  expect(isSoftware(name)).toBe(expected);
});
