/** The colours of marks as eyes with other cones see them: Machado, Oliveira and Fernandes 2009, severity 1. */

import { expect, it } from "vitest";
import { COLOURS } from "../../src/annotations/colours";

type Three = readonly [number, number, number];
type Matrix = readonly [Three, Three, Three];

const EYES: Record<string, Matrix> = {
  usual: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};
const XYZ: Matrix = [
  [0.4124564, 0.3575761, 0.1804375],
  [0.2126729, 0.7151522, 0.072175],
  [0.0193339, 0.119192, 0.9503041],
];

function times(matrix: Matrix, [a, b, c]: Three): Three {
  return matrix.map(([x, y, z]) => x * a + y * b + z * c) as unknown as Three;
}

function linear(colour: string): Three {
  const parts = (colour.slice(1).match(/../g) ?? []).map((part) => Number.parseInt(part, 16) / 255);
  return parts.map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)) as unknown as Three;
}

/** CIE L*a*b* of 1976, white of sRGB. */
function lab(seen: Three): Three {
  const shown = seen.map((v) => Math.min(1, Math.max(0, v))) as unknown as Three;
  const white = times(XYZ, [1, 1, 1]);
  const [x, y, z] = times(XYZ, shown).map((v, i) => {
    const part = v / (white[i] as number);
    return part > 216 / 24389 ? Math.cbrt(part) : ((24389 / 27) * part + 16) / 116;
  }) as unknown as Three;
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

function nearest(colours: readonly string[], eye: Matrix): number {
  const places = colours.map((colour) => lab(times(eye, linear(colour))));
  const distances = places.flatMap((one, i) =>
    places.slice(i + 1).map((other) => Math.hypot(...one.map((v, k) => v - (other[k] as number)))),
  );
  return Math.min(...distances);
}

it.each(Object.entries(EYES))("no two authors' marks look alike: %s", (_, eye) => {
  expect(nearest(COLOURS, eye)).toBeGreaterThan(20);
});

it("sees two colours fall together that only red and green cones tell apart", () => {
  expect(nearest(["#5cc8ff", "#b9b4ff"], EYES.deuteranopia as Matrix)).toBeLessThan(5);
});
