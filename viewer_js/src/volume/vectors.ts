/** Arrows in the patient: millimetres along L, P, H (PS3.3 C.7.6.2.1.1). */

import type { Vector3 } from "../api/manifest";

export function plus(a: Vector3, b: Vector3): Vector3 {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
}

export function minus(a: Vector3, b: Vector3): Vector3 {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

export function times(a: Vector3, factor: number): Vector3 {
  return [a[0] * factor, a[1] * factor, a[2] * factor];
}

export function dot(a: Vector3, b: Vector3): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

export function cross(a: Vector3, b: Vector3): Vector3 {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

export function lengthOf(a: Vector3): number {
  return Math.sqrt(dot(a, a));
}

export function unit(a: Vector3): Vector3 {
  return times(a, 1 / lengthOf(a));
}

/** Turned about a unit axis by the right-hand rule (Rodrigues). */
export function turned(a: Vector3, axis: Vector3, radians: number): Vector3 {
  const [cos, sin] = [Math.cos(radians), Math.sin(radians)];
  const along = times(axis, dot(axis, a) * (1 - cos));
  return plus(plus(times(a, cos), times(cross(axis, a), sin)), along);
}
