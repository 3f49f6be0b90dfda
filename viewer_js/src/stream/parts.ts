/**
 * Large frames (mammography, radiography of 4000 × 5000) come as the screen needs them: the region that is seen, at a
 * half, a quarter or an eighth of its size, as exact means of stored values (app/render/parts.py).
 */

import { type Affine, apply, inverted, type Size } from "../viewport/geometry";
import type { StoredValues } from "../viewport/window";
import type { Frame } from "./stack";

export interface Region {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface PartWish {
  readonly region: Region;
  /** how many of the frame's pixels a side become one: 1, 2, 4 or 8 */
  readonly shrink: number;
}

export interface Part extends PartWish {
  readonly values: StoredValues;
}

/** From this many pixels on a frame comes in parts. */
const HUGE = 4_000_000;
const SMALLEST = 8;
/** Regions begin and end on a grid of so many values, so that moving a little asks for nothing new. */
const GRID = 256;

export function isHuge({ instance }: Frame): boolean {
  return instance.stored && instance.rows * instance.columns > HUGE;
}

/** How many values a part has. */
export function partSize({ region, shrink }: PartWish): Size {
  return { width: Math.ceil(region.width / shrink), height: Math.ceil(region.height / shrink) };
}

/** What of a frame is seen; `toDevice` maps its pixels to those of a screen of `size`. */
export function partSeen(plane: Size, toDevice: Affine, size: Size): PartWish | null {
  const scale = Math.sqrt(Math.abs(toDevice.a * toDevice.d - toDevice.b * toDevice.c));
  if (!(scale > 0) || size.width === 0 || size.height === 0) return null;
  let shrink = 1;
  while (shrink < SMALLEST && scale * shrink * 2 <= 1) shrink *= 2;
  const toImage = inverted(toDevice);
  const corners = [0, size.width].flatMap((x) => [0, size.height].map((y) => apply(toImage, [x, y])));
  const [left, width] = span(
    corners.map(([x]) => x),
    plane.width,
    GRID * shrink,
  );
  const [top, height] = span(
    corners.map(([, y]) => y),
    plane.height,
    GRID * shrink,
  );
  return width > 0 && height > 0 ? { region: { left, top, width, height }, shrink } : null;
}

function span(places: readonly number[], length: number, grid: number): [from: number, length: number] {
  const from = Math.max(0, Math.floor(Math.min(...places) / grid) * grid);
  const to = Math.min(length, Math.ceil(Math.max(...places) / grid) * grid);
  return [from, to - from];
}

/** The part shows all that is wished for, as finely or finer. */
export function covers(part: PartWish, wish: PartWish): boolean {
  const { left, top, width, height } = wish.region;
  const has = part.region;
  return (
    part.shrink <= wish.shrink &&
    has.left <= left &&
    has.top <= top &&
    has.left + has.width >= left + width &&
    has.top + has.height >= top + height
  );
}

/** From the part's own values to the frame's pixels and on: where the part lies when it is drawn. */
export function placed({ a, b, c, d, e, f }: Affine, { region, shrink }: PartWish): Affine {
  return {
    a: a * shrink,
    b: b * shrink,
    c: c * shrink,
    d: d * shrink,
    e: a * region.left + c * region.top + e,
    f: b * region.left + d * region.top + f,
  };
}
