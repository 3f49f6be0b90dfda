/** How much of an image the screen needs: a picture of 7 million pixels costs what its part on the screen costs. */

import { type Affine, apply, inverted, type Size } from "./geometry";

/** Image pixels; drawn with `reduction` × `reduction` of them as one, their mean. */
export interface Region {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly reduction: number;
}

export const MOST_REDUCED = 8;
/** device pixels around the screen, so that a moved image is not painted anew with every step */
const MARGIN = 64;

/** Image pixels that fall together on one device pixel, in the direction where they are fewest. */
export function reductionOf({ a, b, c, d }: Affine): number {
  const largest = Math.max(Math.hypot(a, b), Math.hypot(c, d));
  return Math.max(1, Math.min(MOST_REDUCED, Math.floor(1 / largest + 1e-9)));
}

/** Null: the image lies beside the screen. Its corners lie on a fixed grid, so that moving changes no mean. */
export function regionOf(plane: Size, toDevice: Affine, screen: Size): Region | null {
  const reduction = reductionOf(toDevice);
  const back = inverted(toDevice);
  const [left, top, right, bottom] = [-MARGIN, -MARGIN, screen.width + MARGIN, screen.height + MARGIN];
  const corners = [
    apply(back, [left, top]),
    apply(back, [right, top]),
    apply(back, [left, bottom]),
    apply(back, [right, bottom]),
  ];
  const [x, width] = span(
    corners.map(([column]) => column),
    plane.width,
    reduction,
  );
  const [y, height] = span(
    corners.map(([, row]) => row),
    plane.height,
    reduction,
  );
  return width > 0 && height > 0 ? { x, y, width, height, reduction } : null;
}

function span(ends: readonly number[], size: number, step: number): [number, number] {
  const start = Math.max(0, Math.floor(Math.min(...ends) / step) * step);
  const end = Math.min(size, Math.ceil(Math.max(...ends) / step) * step);
  return [start, end - start];
}

/** Pixels of the painted region; the last of a row may stand for fewer image pixels than the others. */
export function cellsOf({ width, height, reduction }: Region): Size {
  return { width: Math.ceil(width / reduction), height: Math.ceil(height / reduction) };
}

/** What was painted for `one` holds all that `other` needs, no worse. */
export function holds(one: Region, other: Region): boolean {
  return (
    one.reduction === other.reduction &&
    one.x <= other.x &&
    one.y <= other.y &&
    one.x + one.width >= other.x + other.width &&
    one.y + one.height >= other.y + other.height
  );
}
