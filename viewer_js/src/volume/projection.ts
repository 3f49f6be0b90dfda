/** Between the patient and the screen of one plane: points, pictures, and the lines of the other planes. */

import type { Point } from "../annotations/model";
import type { Vector3 } from "../api/manifest";
import type { Affine, Size } from "../viewport/geometry";
import { type Box, extentAlong } from "./box";
import { centreOf, normalOf, othersOf, type PlaneName, type Trio } from "./trio";
import { cross, dot, minus, plus, times } from "./vectors";

/** A plane on a screen of `size` CSS pixels, each so many millimetres wide. */
export interface Projection {
  readonly centre: Vector3;
  readonly right: Vector3;
  readonly down: Vector3;
  readonly millimetres: number;
  readonly size: Size;
}

/** A picture the server made: its pixels lie around the centre as those of the screen do. */
export type Raster = Projection;

export function projectionOf(trio: Trio, name: PlaneName, millimetres: number, size: Size): Projection {
  const { right, down } = trio.views[name];
  return { centre: centreOf(trio, name), right, down, millimetres, size };
}

/** Millimetres of a CSS pixel with which the whole block fits as it lies in the plane. */
export function fittingMillimetres(box: Box, right: Vector3, down: Vector3, { width, height }: Size): number {
  const [left, rightmost] = extentAlong(box, right);
  const [top, bottom] = extentAlong(box, down);
  const fit = Math.max((rightmost - left) / Math.max(1, width), (bottom - top) / Math.max(1, height));
  return Math.max(fit * 1.04, 1e-3);
}

export function toScreen({ centre, right, down, millimetres, size }: Projection, point: Vector3): Point {
  const from = minus(point, centre);
  return [size.width / 2 + dot(from, right) / millimetres, size.height / 2 + dot(from, down) / millimetres];
}

export function toPatient({ centre, right, down, millimetres, size }: Projection, [x, y]: Point): Vector3 {
  const across = times(right, (x - size.width / 2) * millimetres);
  return plus(centre, plus(across, times(down, (y - size.height / 2) * millimetres)));
}

/** Millimetres off the plane, positive along its normal. */
export function distanceFrom({ centre, right, down }: Projection, point: Vector3): number {
  return dot(minus(point, centre), cross(right, down));
}

/** Where each pixel of a picture belongs on the screen, moved, zoomed or turned meanwhile. */
export function rasterToScreen(raster: Raster, screen: Projection): Affine {
  const scale = raster.millimetres / screen.millimetres;
  const linear = {
    a: dot(raster.right, screen.right) * scale,
    b: dot(raster.right, screen.down) * scale,
    c: dot(raster.down, screen.right) * scale,
    d: dot(raster.down, screen.down) * scale,
  };
  const [x, y] = toScreen(screen, raster.centre);
  const { width, height } = raster.size;
  return {
    ...linear,
    e: x - (linear.a * width + linear.c * height) / 2,
    f: y - (linear.b * width + linear.d * height) / 2,
  };
}

/** The line of another plane: through the focus, along a unit arrow of the screen. */
export interface CrossLine {
  readonly of: PlaneName;
  readonly through: Point;
  readonly along: Point;
}

export function crossLines(trio: Trio, name: PlaneName, screen: Projection): CrossLine[] {
  const through = toScreen(screen, trio.focus);
  const own = normalOf(trio.views[name]);
  return othersOf(name).map((other) => {
    const line = cross(own, normalOf(trio.views[other]));
    const [x, y] = [dot(line, screen.right), dot(line, screen.down)];
    const length = Math.hypot(x, y) || 1;
    return { of: other, through, along: [x / length, y / length] };
  });
}

/** The ends of a line that reaches over the whole screen. */
export function endsOf({ through, along }: CrossLine, { width, height }: Size): [Point, Point] {
  const reach = width + height;
  return [
    [through[0] - along[0] * reach, through[1] - along[1] * reach],
    [through[0] + along[0] * reach, through[1] + along[1] * reach],
  ];
}

/** Where a line's two handles for turning stand. */
export function handlesOf({ through, along }: CrossLine, { width, height }: Size): [Point, Point] {
  const reach = Math.min(width, height) * 0.32;
  return [
    [through[0] - along[0] * reach, through[1] - along[1] * reach],
    [through[0] + along[0] * reach, through[1] + along[1] * reach],
  ];
}

export type Grip =
  | { readonly kind: "focus" }
  | { readonly kind: "line"; readonly of: PlaneName }
  | { readonly kind: "turn"; readonly of: PlaneName };

function apart([x, y]: Point, [u, v]: Point): number {
  return Math.hypot(x - u, y - v);
}

/** What lies under a pointer, within `reach` CSS pixels: the focus before handles before lines. */
export function gripAt(lines: readonly CrossLine[], size: Size, at: Point, reach: number): Grip | null {
  const [first] = lines;
  if (first && apart(first.through, at) <= reach) return { kind: "focus" };
  for (const line of lines) {
    if (handlesOf(line, size).some((handle) => apart(handle, at) <= reach * 1.2))
      return { kind: "turn", of: line.of };
  }
  for (const { of, through, along } of lines) {
    const off = (at[0] - through[0]) * along[1] - (at[1] - through[1]) * along[0];
    if (Math.abs(off) <= reach * 0.6) return { kind: "line", of };
  }
  return null;
}

/** Radians clockwise on the screen from one point to another as seen from the middle. */
export function turnBetween(middle: Point, from: Point, to: Point): number {
  const before = Math.atan2(from[1] - middle[1], from[0] - middle[0]);
  const after = Math.atan2(to[1] - middle[1], to[0] - middle[0]);
  const turn = after - before;
  return Math.atan2(Math.sin(turn), Math.cos(turn));
}
