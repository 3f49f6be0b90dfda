/** The block of voxels as the server has loaded it. */

import type { Vector3 } from "../api/manifest";
import { cross, dot, lengthOf, minus, plus, times } from "./vectors";

export interface Box {
  /** the centre of the first voxel, millimetres in the patient */
  readonly origin: Vector3;
  /** unit arrows along a row (i), down a column (j) and to the next slice (k): slanted where the gantry was tilted */
  readonly axes: readonly [Vector3, Vector3, Vector3];
  /** millimetres between voxels along those */
  readonly spacing: Vector3;
  /** voxels along those */
  readonly count: Vector3;
}

function lengths({ spacing, count }: Box): Vector3 {
  return [(count[0] - 1) * spacing[0], (count[1] - 1) * spacing[1], (count[2] - 1) * spacing[2]];
}

/** The point that lies the given millimetres along each axis. */
function pointAt({ origin, axes }: Box, along: Vector3): Vector3 {
  return axes.reduce<Vector3>((at, axis, i) => plus(at, times(axis, along[i] ?? 0)), origin);
}

export function middleOf(box: Box): Vector3 {
  return pointAt(box, times(lengths(box), 0.5));
}

/** How many voxels an arrow crosses along each axis. */
export function voxelsAcross({ axes, spacing }: Box, arrow: Vector3): Vector3 {
  const share = (i: 0 | 1 | 2, j: 0 | 1 | 2, k: 0 | 1 | 2) => {
    const normal = cross(axes[j], axes[k]);
    return dot(arrow, normal) / (dot(axes[i], normal) * spacing[i]);
  };
  return [share(0, 1, 2), share(1, 2, 0), share(2, 0, 1)];
}

/** The point brought between the centres of the first and the last voxels. */
export function clampedInto(box: Box, point: Vector3): Vector3 {
  const voxels = voxelsAcross(box, minus(point, box.origin));
  const [i, j, k] = voxels.map((voxel, axis) => {
    const inside = Math.min((box.count[axis] ?? 1) - 1, Math.max(0, voxel));
    return inside * (box.spacing[axis] ?? 1);
  });
  return pointAt(box, [i ?? 0, j ?? 0, k ?? 0]);
}

/** Millimetres from one voxel to the next in a direction. */
export function stepAlong(box: Box, direction: Vector3): number {
  return 1 / lengthOf(voxelsAcross(box, direction));
}

/** From where to where the block reaches along a direction, from voxel centre to voxel centre. */
export function extentAlong(box: Box, direction: Vector3): [number, number] {
  const start = dot(box.origin, direction);
  const ways = lengths(box).map((length, i) => length * dot(box.axes[i] as Vector3, direction));
  const low = ways.reduce((sum, way) => sum + Math.min(0, way), start);
  const high = ways.reduce((sum, way) => sum + Math.max(0, way), start);
  return [low, high];
}

export function finestSpacing({ spacing }: Box): number {
  return Math.min(...spacing);
}
