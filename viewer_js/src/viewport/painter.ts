/** Stored values made visible: greys by one table, means where the screen is coarser than the image, the finish. */

import { type Finish, GREYS } from "./finish";
import type { Size } from "./geometry";
import type { Region } from "./region";
import type { Picture } from "./renderer";
import { type StoredValues, sameGrey } from "./window";

export type StoredPicture = Extract<Picture, { kind: "stored" }>;
export type BitmapPicture = Extract<Picture, { kind: "bitmap" }>;

export interface Painted {
  readonly source: CanvasImageSource;
  /** what its top left corner begins with; at least what was asked for */
  readonly region: Region;
}

export interface Painter {
  /** Good until the next call; null: this painter cannot. */
  paint(picture: StoredPicture, region: Region): Painted | null;
}

export function sameFinish(one: Finish, other: Finish): boolean {
  return one.filter === other.filter && one.palette === other.palette;
}

export function sameLook(one: StoredPicture, other: StoredPicture): boolean {
  return (
    one.window === other.window && sameGrey(one.scale, other.scale) && sameFinish(one.finish, other.finish)
  );
}

export function paletteOf({ palette }: Finish): Uint32Array {
  return palette ?? GREYS;
}

export function bitsOf(values: StoredValues): 8 | 16 {
  return values.BYTES_PER_ELEMENT === 1 ? 8 : 16;
}

/** Means of windowed greys: the order of the standard, window first, then fewer pixels. */
export function reduced(
  patterns: Uint8Array | Uint16Array,
  greys: Uint8Array,
  columns: number,
  region: Region,
  cells: Size,
): Uint8Array {
  const out = new Uint8Array(cells.width * cells.height);
  const sums = new Uint32Array(cells.width);
  const { reduction: step } = region;
  const bottom = region.y + region.height;
  for (let row = 0; row < cells.height; row++) {
    const top = region.y + row * step;
    const last = Math.min(bottom, top + step);
    sums.fill(0);
    for (let y = top; y < last; y++) addRow(patterns, greys, y * columns + region.x, region, sums);
    divide(sums, region, last - top, out.subarray(row * cells.width, (row + 1) * cells.width));
  }
  return out;
}

/** Whole cells first, so that the loop that runs millions of times asks nothing. */
function addRow(
  patterns: Uint8Array | Uint16Array,
  greys: Uint8Array,
  start: number,
  { width, reduction: step }: Region,
  sums: Uint32Array,
): void {
  const whole = Math.floor(width / step);
  let at = start;
  for (let cell = 0; cell < whole; cell++) {
    let sum = 0;
    for (const end = at + step; at < end; at++) sum += greys[patterns[at] as number] as number;
    sums[cell] = (sums[cell] as number) + sum;
  }
  for (const end = start + width; at < end; at++) {
    sums[whole] = (sums[whole] as number) + (greys[patterns[at] as number] as number);
  }
}

function divide(sums: Uint32Array, { width, reduction: step }: Region, rows: number, out: Uint8Array): void {
  const rest = width % step;
  const whole = step * rows;
  for (let cell = 0; cell < out.length; cell++) {
    const count = rest > 0 && cell === out.length - 1 ? rest * rows : whole;
    out[cell] = ((sums[cell] as number) + (count >> 1)) / count;
  }
}
