/** The window that shows what lies in a part of the image: a bone, a liver, without what is around it. */

import type { Point } from "../annotations/model";
import type { Picture } from "./renderer";
import { automaticWindow, type Window } from "./window";

/** a region smaller than this, in image pixels, was no drag */
const SMALLEST = 2;

function between(one: number, other: number, size: number): [number, number] {
  const low = Math.max(0, Math.floor(Math.min(one, other)));
  const high = Math.min(size, Math.ceil(Math.max(one, other)));
  return [low, high];
}

/** Null: the stored values are not here, or the region holds none. Corners in image coordinates. */
export function windowOfRegion(picture: Picture | null, one: Point, other: Point): Window | null {
  if (picture?.kind !== "stored") return null;
  const { values, plane, scale, at } = picture;
  if (at) {
    const inPart = ([x, y]: Point): Point => [
      (x - at.region.left) / at.shrink,
      (y - at.region.top) / at.shrink,
    ];
    const { at: _whole, ...part } = picture;
    return windowOfRegion(part, inPart(one), inPart(other));
  }
  const [left, right] = between(one[0], other[0], plane.width);
  const [top, bottom] = between(one[1], other[1], plane.height);
  if (right - left < SMALLEST || bottom - top < SMALLEST) return null;
  const width = right - left;
  const inside = new Int32Array(width * (bottom - top));
  for (let y = top; y < bottom; y++) {
    const row = y * plane.width;
    inside.set(values.subarray(row + left, row + right), (y - top) * width);
  }
  return tidy(automaticWindow(inside, scale, 16), Math.abs(scale.slope));
}

/** Of all the values that are here. */
export function windowOfImage(picture: Picture | null): Window | null {
  if (picture?.kind !== "stored") return null;
  const { at: _part, ...whole } = picture;
  return windowOfRegion(whole, [0, 0], [picture.plane.width, picture.plane.height]);
}

/** Never narrower than one stored value, and in numbers that can be read. */
function tidy({ center, width, function: kind }: Window, step: number): Window {
  const wide = Math.max(width, step || 1);
  const digits = wide >= 20 ? 0 : 4;
  return { center: Number(center.toFixed(digits)), width: Number(wide.toFixed(digits)), function: kind };
}
