import { describe, expect, it } from "vitest";
import {
  automaticWindow,
  fillGreys,
  type GreyScale,
  patternsOf,
  TABLE_SIZE,
  tonesBetween,
  type Window,
  windowed,
} from "../../src/viewport/window";

const PLAIN: GreyScale = { slope: 1, intercept: 0, signed: true, padding: null, inverse: false };
const ABDOMEN: Window = { center: 40, width: 400, function: "LINEAR" };
const VALUES = [-160.5, -160, -159, 0, 39, 39.5, 40, 41, 100, 239, 239.5, 240, 1000];

function greys(values: readonly number[], window: Window): number[] {
  return values.map((value) => Math.round(windowed(value, window) * 255));
}

function greyOf(
  stored: Int16Array | Uint16Array | Uint8Array | Int8Array,
  scale: GreyScale,
  window: Window,
): number[] {
  const table = new Uint8Array(TABLE_SIZE);
  fillGreys(table, scale, window, stored.BYTES_PER_ELEMENT === 1 ? 8 : 16);
  return [...patternsOf(stored)].map((pattern) => table[pattern] as number);
}

// the numbers are those of app/render/luts.py for the same values
describe("the window functions give the server's greys", () => {
  it("LINEAR", () => {
    expect(greys(VALUES, ABDOMEN)).toEqual([0, 0, 1, 102, 127, 128, 128, 128, 166, 255, 255, 255, 255]);
  });

  it("LINEAR_EXACT", () => {
    const exact: Window = { ...ABDOMEN, function: "LINEAR_EXACT" };
    expect(greys(VALUES, exact)).toEqual([0, 0, 1, 102, 127, 127, 128, 128, 166, 254, 255, 255, 255]);
  });

  it("SIGMOID", () => {
    const sigmoid: Window = { ...ABDOMEN, function: "SIGMOID" };
    expect(greys(VALUES, sigmoid)).toEqual([30, 30, 31, 102, 127, 127, 128, 128, 165, 224, 224, 225, 255]);
  });

  it("LINEAR of width one is a threshold", () => {
    expect(greys([39, 39.5, 39.6, 40], { center: 40, width: 1, function: "LINEAR" })).toEqual([
      0, 0, 255, 255,
    ]);
  });

  it("the standard's own example: centre 2048, width 4096 (PS3.3 C.11.2.1.2)", () => {
    const whole: Window = { center: 2048, width: 4096, function: "LINEAR" };
    expect(greys([0, 1, 2047, 2048, 4094, 4095], whole)).toEqual([0, 0, 127, 128, 255, 255]);
  });
});

describe("the table", () => {
  it("rescales before it windows", () => {
    const hounsfield = { ...PLAIN, signed: false, intercept: -1024 };
    expect(greyOf(new Uint16Array([0, 1024, 1064, 2000]), hounsfield, ABDOMEN)).toEqual([0, 102, 128, 255]);
  });

  it("reads the same bits as signed or unsigned", () => {
    const window: Window = { center: 0, width: 65_536, function: "LINEAR_EXACT" };
    expect(greyOf(new Int16Array([-32_768, 0, 32_767]), PLAIN, window)).toEqual([0, 128, 255]);
    expect(greyOf(new Uint16Array([0, 32_768]), { ...PLAIN, signed: false }, window)).toEqual([128, 255]);
    const bytes: Window = { center: 0, width: 256, function: "LINEAR_EXACT" };
    expect(greyOf(new Int8Array([-128, 0, 127]), PLAIN, bytes)).toEqual([0, 128, 254]);
    expect(greyOf(new Uint8Array([0, 255]), { ...PLAIN, signed: false }, bytes)).toEqual([128, 255]);
  });

  it("inverts MONOCHROME1", () => {
    expect(greyOf(new Int16Array([-200, 40, 300]), { ...PLAIN, inverse: true }, ABDOMEN)).toEqual([
      255, 127, 0,
    ]);
  });

  it("keeps padding black, inverted or not", () => {
    const padded: GreyScale = { ...PLAIN, padding: [-2000, -1500], inverse: true };
    expect(greyOf(new Int16Array([-2000, -1700, -1500, -1499]), padded, ABDOMEN)).toEqual([0, 0, 0, 255]);
  });
});

describe("an image without a window", () => {
  it("of more than 8 bits is shown from its darkest to its brightest half percent, as the server does", () => {
    const values = Int16Array.from({ length: 1000 }, (_, i) => ((i * 7919) % 4001) - 1000);
    const window = automaticWindow(values, PLAIN, 16);
    expect(window.function).toBe("LINEAR_EXACT");
    expect(window.center).toBeCloseTo(994.9825, 9);
    expect(window.width).toBeCloseTo(3956.055, 9);
  });

  it("of 8 bits is shown with its whole range", () => {
    const scale = { ...PLAIN, signed: false };
    const window = automaticWindow(new Uint8Array([9, 17]), scale, 8);
    expect(window).toEqual({ center: 127.5, width: 255, function: "LINEAR_EXACT" });
  });

  it("does not count its padding", () => {
    const scale: GreyScale = { ...PLAIN, padding: [-2000, -2000] };
    const values = new Int16Array([-2000, -2000, -2000, 10, 10, 10]);
    expect(automaticWindow(values, scale, 12).center).toBe(10);
  });
});

describe("a preview under another window", () => {
  it("becomes what the values it stands for would be", () => {
    const exact: Window = { center: 127.5, width: 255, function: "LINEAR_EXACT" };
    const narrow: Window = { center: 100, width: 100, function: "LINEAR_EXACT" };
    const tones = tonesBetween(exact, narrow, false, false);
    expect([tones?.[50], tones?.[100], tones?.[125], tones?.[150]]).toEqual([0, 128, 191, 255]);
  });

  it("is turned round once when the file is inverse", () => {
    const exact: Window = { center: 127.5, width: 255, function: "LINEAR_EXACT" };
    expect(tonesBetween(exact, exact, true, true)?.[60]).toBe(60);
  });

  it("cannot be made from a sigmoid", () => {
    expect(tonesBetween({ center: 1, width: 2, function: "SIGMOID" }, ABDOMEN, false, false)).toBeNull();
  });
});
