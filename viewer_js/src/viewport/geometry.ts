/**
 * Image, screen and patient: one affine map and its inverse, and nothing that knows a canvas.
 *
 * Image coordinates are [column, row] with [0, 0] at the outer corner of the first pixel, so that the centre of
 * the first pixel is [0.5, 0.5] (PS3.3 C.10.5, PIXEL units less one half). Screen coordinates are CSS pixels of
 * the viewport. The picture is first made square (aspect), then rotated, then flipped (PS3.3 C.10.6).
 */

import type { Point } from "../annotations/model";
import type { Orientation, Vector3 } from "../api/manifest";

export type Rotation = 0 | 90 | 180 | 270;

/** x' = a·x + c·y + e, y' = b·x + d·y + f: the order of CSS and canvas matrices */
export interface Affine {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly e: number;
  readonly f: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Placement {
  /** 1 = the image fits */
  readonly zoom: number;
  /** the image point in the middle of the viewport */
  readonly centre: Point;
  readonly rotation: Rotation;
  readonly flip: boolean;
}

export interface ImagePlane {
  readonly columns: number;
  readonly rows: number;
  /** height of a pixel divided by its width */
  readonly aspect: number;
}

interface PixelShape {
  readonly spacing: readonly [number, number] | null;
  readonly aspect: readonly [number, number] | null;
}

export function aspectOf({ spacing, aspect }: PixelShape): number {
  const [vertical, horizontal] = spacing ?? aspect ?? [1, 1];
  const ratio = vertical / horizontal;
  return Number.isFinite(ratio) && ratio > 0 ? ratio : 1;
}

export function apply(m: Affine, [x, y]: Point): Point {
  return [m.a * x + m.c * y + m.e, m.b * x + m.d * y + m.f];
}

export function inverted(m: Affine): Affine {
  const determinant = m.a * m.d - m.b * m.c;
  const a = m.d / determinant;
  const b = -m.b / determinant;
  const c = -m.c / determinant;
  const d = m.a / determinant;
  return { a, b, c, d, e: -(a * m.e + c * m.f), f: -(b * m.e + d * m.f) };
}

const COSINE: Record<Rotation, number> = { 0: 1, 90: 0, 180: -1, 270: 0 };
const SINE: Record<Rotation, number> = { 0: 0, 90: 1, 180: 0, 270: -1 };

export function turned(rotation: Rotation, by: number): Rotation {
  return ((((rotation + by) % 360) + 360) % 360) as Rotation;
}

/** CSS pixels for one image column at zoom 1. */
export function fitScale(plane: ImagePlane, viewport: Size, rotation: Rotation): number {
  const height = plane.rows * plane.aspect;
  const lying = rotation === 90 || rotation === 270;
  const [across, down] = lying ? [height, plane.columns] : [plane.columns, height];
  return Math.min(viewport.width / across, viewport.height / down);
}

export function imageToScreen(plane: ImagePlane, viewport: Size, placement: Placement): Affine {
  const scale = fitScale(plane, viewport, placement.rotation) * placement.zoom;
  const mirror = placement.flip ? -1 : 1;
  const cos = COSINE[placement.rotation] * scale;
  const sin = SINE[placement.rotation] * scale;
  const linear = { a: mirror * cos, b: sin, c: -mirror * sin * plane.aspect, d: cos * plane.aspect };
  const [x, y] = placement.centre;
  return {
    ...linear,
    e: viewport.width / 2 - (linear.a * x + linear.c * y),
    f: viewport.height / 2 - (linear.b * x + linear.d * y),
  };
}

export function middleOf(plane: ImagePlane): Point {
  return [plane.columns / 2, plane.rows / 2];
}

export function fitted(plane: ImagePlane): Placement {
  return { zoom: 1, centre: middleOf(plane), rotation: 0, flip: false };
}

/** As seen through a lens at `at`: `factor` times as large, `at` in the lens's own middle, in device pixels. */
export function magnified(
  { a, b, c, d, e, f }: Affine,
  [x, y]: Point,
  factor: number,
  middle: number,
  pixelRatio: number,
): Affine {
  const scale = factor * pixelRatio;
  return {
    a: a * scale,
    b: b * scale,
    c: c * scale,
    d: d * scale,
    e: ((e - x) * factor + middle) * pixelRatio,
    f: ((f - y) * factor + middle) * pixelRatio,
  };
}

export const MINIMUM_ZOOM = 0.1;
export const MAXIMUM_ZOOM = 60;

/** Zooms so that the image point under `screen` stays under it. */
export function zoomedAt(
  plane: ImagePlane,
  viewport: Size,
  placement: Placement,
  screen: Point,
  factor: number,
): Placement {
  const zoom = Math.min(MAXIMUM_ZOOM, Math.max(MINIMUM_ZOOM, placement.zoom * factor));
  const before = apply(inverted(imageToScreen(plane, viewport, placement)), screen);
  const after = apply(inverted(imageToScreen(plane, viewport, { ...placement, zoom })), screen);
  const [x, y] = placement.centre;
  return kept(plane, { ...placement, zoom, centre: [x + before[0] - after[0], y + before[1] - after[1]] });
}

/** Moves the picture by CSS pixels. */
export function panned(
  plane: ImagePlane,
  viewport: Size,
  placement: Placement,
  dx: number,
  dy: number,
): Placement {
  const toImage = inverted(imageToScreen(plane, viewport, placement));
  const [x, y] = placement.centre;
  const centre: Point = [x - (toImage.a * dx + toImage.c * dy), y - (toImage.b * dx + toImage.d * dy)];
  return kept(plane, { ...placement, centre });
}

/** The image can never leave the viewport: its own edge is the furthest that may stand in the middle. */
function kept(plane: ImagePlane, placement: Placement): Placement {
  const [x, y] = placement.centre;
  const centre: Point = [Math.min(plane.columns, Math.max(0, x)), Math.min(plane.rows, Math.max(0, y))];
  return { ...placement, centre };
}

export function rotatedRight(placement: Placement): Placement {
  return { ...placement, rotation: turned(placement.rotation, placement.flip ? -90 : 90) };
}

/** Left becomes right on the screen, whatever the rotation. */
export function flippedSideways(placement: Placement): Placement {
  return { ...placement, flip: !placement.flip };
}

/** Top becomes bottom on the screen: a sideways flip and half a turn. */
export function flippedUpsideDown(placement: Placement): Placement {
  return { ...placement, flip: !placement.flip, rotation: turned(placement.rotation, 180) };
}

/** Millimetres in the patient of an image point (PS3.3 C.7.6.2.1.1; its index 0 is the pixel's centre). */
export function imageToPatient(
  [column, row]: Point,
  position: Vector3,
  orientation: Orientation,
  [rowSpacing, columnSpacing]: readonly [number, number],
): Vector3 {
  const along = (column - 0.5) * columnSpacing;
  const down = (row - 0.5) * rowSpacing;
  const axis = (i: 0 | 1 | 2) =>
    position[i] + orientation[i] * along + (orientation[(i + 3) as 3 | 4 | 5] ?? 0) * down;
  return [axis(0), axis(1), axis(2)];
}

/** The image point nearest to a patient point, and how many millimetres off the plane it lies. */
export function patientToImage(
  patient: Vector3,
  position: Vector3,
  orientation: Orientation,
  [rowSpacing, columnSpacing]: readonly [number, number],
): { point: Point; distance: number } {
  const [x, y, z] = [patient[0] - position[0], patient[1] - position[1], patient[2] - position[2]];
  const [rx, ry, rz, cx, cy, cz] = orientation;
  const point: Point = [
    (x * rx + y * ry + z * rz) / columnSpacing + 0.5,
    (x * cx + y * cy + z * cz) / rowSpacing + 0.5,
  ];
  const [nx, ny, nz] = [ry * cz - rz * cy, rz * cx - rx * cz, rx * cy - ry * cx];
  return { point, distance: x * nx + y * ny + z * nz };
}
