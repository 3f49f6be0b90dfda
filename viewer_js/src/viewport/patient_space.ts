/**
 * Frames in the patient: millimetres of DICOM's patient coordinates (x to the left, y to the back, z to the head).
 *
 * Only frames with position, possible orientation and spacing have a place there; two of them share it when they name
 * the same frame of reference (PS3.3 C.7.4.1.1.1).
 */

import type { Point } from "../annotations/model";
import type { Vector3 } from "../api/manifest";
import type { Frame } from "../stream/stack";
import { imageToPatient, patientToImage } from "./geometry";
import { isDirection } from "./letters";

/** The plane of an image: its corner (the outer one of the first pixel), its edges and its normal of length 1. */
export interface Plane {
  readonly origin: Vector3;
  /** along a row, to higher columns; length 1 */
  readonly across: Vector3;
  /** along a column, to higher rows; length 1 */
  readonly down: Vector3;
  readonly normal: Vector3;
  /** millimetres */
  readonly width: number;
  readonly height: number;
}

export type Segment = readonly [Vector3, Vector3];

/** Planes that differ less than this many degrees cross nowhere useful. */
const PARALLEL = 2;
const LEAST_SINE = Math.sin((PARALLEL * Math.PI) / 180);

type Placed = Frame & {
  readonly position: Vector3;
  readonly orientation: NonNullable<Frame["orientation"]>;
  readonly spacing: readonly [number, number];
};

function isPlaced(frame: Frame): frame is Placed {
  const { position, orientation, spacing } = frame;
  return position !== null && orientation !== null && isDirection(orientation) && spacing !== null;
}

/** The patient's point of an image point; null for a frame without a place in the patient. */
export function toPatient(frame: Frame, point: Point): Vector3 | null {
  if (!isPlaced(frame)) return null;
  return imageToPatient(point, frame.position, frame.orientation, frame.spacing);
}

/** The image point nearest to a patient's point, and the signed millimetres between that and the plane. */
export function toImage(frame: Frame, xyz: Vector3): { point: Point; distance: number } | null {
  if (!isPlaced(frame)) return null;
  return patientToImage(xyz, frame.position, frame.orientation, frame.spacing);
}

export function planeOf(frame: Frame): Plane | null {
  if (!isPlaced(frame)) return null;
  const [rx, ry, rz, cx, cy, cz] = frame.orientation;
  const across: Vector3 = [rx, ry, rz];
  const down: Vector3 = [cx, cy, cz];
  return {
    origin: imageToPatient([0, 0], frame.position, frame.orientation, frame.spacing),
    across,
    down,
    normal: crossProduct(across, down),
    width: frame.instance.columns * frame.spacing[1],
    height: frame.instance.rows * frame.spacing[0],
  };
}

/**
 * The part of plane `of` where plane `by` cuts through its image, as two points of the patient; null when they are
 * (nearly) parallel or the cut passes beside either image.
 */
export function crossing(of: Plane, by: Plane): Segment | null {
  const along = crossProduct(of.normal, by.normal);
  const sine = Math.hypot(...along);
  if (sine < LEAST_SINE) return null;
  const direction = scaled(along, 1 / sine);
  const start = onBoth(of, by, direction);
  const range = clipped(of, start, direction, clipped(by, start, direction, [-1e6, 1e6]));
  return range && [plus(start, scaled(direction, range[0])), plus(start, scaled(direction, range[1]))];
}

/** Whether two frames can be compared point by point. */
export function shareSpace(one: Frame, other: Frame): boolean {
  const reference = one.instance.frame_of_reference_uid;
  return (
    !!reference && reference === other.instance.frame_of_reference_uid && isPlaced(one) && isPlaced(other)
  );
}

/** The frame whose plane is nearest to a patient's point; null when none has a place. */
export function nearestFrame(frames: readonly Frame[], xyz: Vector3): number | null {
  let best: number | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const frame of frames) {
    const found = toImage(frame, xyz);
    if (!found || Math.abs(found.distance) >= least) continue;
    least = Math.abs(found.distance);
    best = frame.index;
  }
  return best;
}

export function crossProduct(a: Vector3, b: Vector3): Vector3 {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

export function dot(a: Vector3, b: Vector3): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function plus(a: Vector3, b: Vector3): Vector3 {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
}

function scaled([x, y, z]: Vector3, by: number): Vector3 {
  return [x * by, y * by, z * by];
}

/** A point of both planes, near to the first image: from its middle, square to the common line. */
function onBoth(of: Plane, by: Plane, direction: Vector3): Vector3 {
  const middle = plus(of.origin, plus(scaled(of.across, of.width / 2), scaled(of.down, of.height / 2)));
  const inPlane = crossProduct(direction, of.normal);
  const away = dot(plus(by.origin, scaled(middle, -1)), by.normal) / dot(inPlane, by.normal);
  return plus(middle, scaled(inPlane, away));
}

type Range = readonly [number, number];

/** Which stretch of a line in the plane lies inside its image. */
function clipped(plane: Plane, start: Vector3, direction: Vector3, range: Range | null): Range | null {
  const from = plus(start, scaled(plane.origin, -1));
  const first = within(dot(from, plane.across), dot(direction, plane.across), plane.width, range);
  return within(dot(from, plane.down), dot(direction, plane.down), plane.height, first);
}

/** Where `at + s·step` lies between 0 and `most`. */
function within(at: number, step: number, most: number, range: Range | null): Range | null {
  if (!range) return null;
  if (Math.abs(step) < 1e-9) return at >= 0 && at <= most ? range : null;
  const ends = [-at / step, (most - at) / step];
  const low = Math.max(range[0], Math.min(...ends));
  const high = Math.min(range[1], Math.max(...ends));
  return low < high ? [low, high] : null;
}
