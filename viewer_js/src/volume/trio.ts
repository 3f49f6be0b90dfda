/**
 * Three planes at right angles through one point, the focus. Each has a basis of its own (right, down): turning the
 * lines in one picture leaves that picture as it is and turns the two other planes about its normal.
 */

import type { Point } from "../annotations/model";
import type { Vector3 } from "../api/manifest";
import { type Box, clampedInto, extentAlong, stepAlong } from "./box";
import { cross, dot, minus, plus, times, turned, unit } from "./vectors";

export const PLANES = ["axial", "coronal", "sagittal"] as const;
export type PlaneName = (typeof PLANES)[number];

export interface View {
  /** unit arrows of the screen in the patient */
  readonly right: Vector3;
  readonly down: Vector3;
  /** millimetres from the focus to the middle of the picture, along right and down */
  readonly offset: Point;
}

export interface Trio {
  readonly focus: Vector3;
  readonly views: Readonly<Record<PlaneName, View>>;
}

/** As radiologists hang them: the patient's left on the right of the screen, head up, face to the left. */
const BASES: Record<PlaneName, readonly [Vector3, Vector3]> = {
  axial: [
    [1, 0, 0],
    [0, 1, 0],
  ],
  coronal: [
    [1, 0, 0],
    [0, 0, -1],
  ],
  sagittal: [
    [0, 1, 0],
    [0, 0, -1],
  ],
};

function views(make: (name: PlaneName) => View): Record<PlaneName, View> {
  return { axial: make("axial"), coronal: make("coronal"), sagittal: make("sagittal") };
}

export function startingTrio(middle: Vector3): Trio {
  return {
    focus: middle,
    views: views((name) => ({ right: BASES[name][0], down: BASES[name][1], offset: [0, 0] })),
  };
}

export function othersOf(name: PlaneName): [PlaneName, PlaneName] {
  return PLANES.filter((other) => other !== name) as [PlaneName, PlaneName];
}

export function normalOf({ right, down }: View): Vector3 {
  return cross(right, down);
}

/** The middle of a plane's picture. */
export function centreOf({ focus, views: all }: Trio, name: PlaneName): Vector3 {
  const { right, down, offset } = all[name];
  return plus(focus, plus(times(right, offset[0]), times(down, offset[1])));
}

/** The focus elsewhere (inside the box); the pictures stand still under the lines. */
export function movedTo(trio: Trio, focus: Vector3, box: Box): Trio {
  const kept = clampedInto(box, focus);
  const by = minus(kept, trio.focus);
  return {
    focus: kept,
    views: views((name) => {
      const { right, down, offset } = trio.views[name];
      return { right, down, offset: [offset[0] - dot(by, right), offset[1] - dot(by, down)] };
    }),
  };
}

/** One plane moved along its normal, as a drag of its line does it. */
export function pushed(trio: Trio, name: PlaneName, by: Vector3, box: Box): Trio {
  const normal = normalOf(trio.views[name]);
  return movedTo(trio, plus(trio.focus, times(normal, dot(by, normal))), box);
}

/** Along the normal of a plane or against it. */
export type Way = 1 | -1;

/** Which way "next" goes: to the feet, to the back, to the patient's left. */
const ONWARD: Record<PlaneName, Way> = { axial: -1, coronal: 1, sagittal: -1 };

export function onwardOf(name: PlaneName): Way {
  return ONWARD[name];
}

/** One plane moved by whole steps of the voxels it crosses. */
export function scrolled(trio: Trio, name: PlaneName, steps: number, box: Box, onward = ONWARD[name]): Trio {
  const normal = normalOf(trio.views[name]);
  const way = steps * onward * stepAlong(box, normal);
  return movedTo(trio, plus(trio.focus, times(normal, way)), box);
}

/** The lines in the picture `name` turned clockwise on the screen: the two other planes turn about its normal. */
export function rotated(trio: Trio, name: PlaneName, radians: number): Trio {
  const axis = normalOf(trio.views[name]);
  return {
    focus: trio.focus,
    views: views((other) => {
      const view = trio.views[other];
      if (other === name) return view;
      const right = unit(turned(view.right, axis, radians));
      // rounding of a thousand turns must not skew the picture
      const down = turned(view.down, axis, radians);
      return { right, down: unit(minus(down, times(right, dot(down, right)))), offset: view.offset };
    }),
  };
}

export function panned(trio: Trio, name: PlaneName, millimetres: Point): Trio {
  const view = trio.views[name];
  const offset: Point = [view.offset[0] - millimetres[0], view.offset[1] - millimetres[1]];
  return { ...trio, views: { ...trio.views, [name]: { ...view, offset } } };
}

/** Of arrows of length 1: a quarter of a degree. */
const PARALLEL = 0.99999;

/** Normals of planes that lie alike, seen from whichever side. */
export function isParallel(one: Vector3, other: Vector3): boolean {
  return Math.abs(dot(one, other)) >= PARALLEL;
}

/** Turned away from the standard plane of its name. */
export function isOblique({ right, down }: View, name: PlaneName): boolean {
  return dot(cross(right, down), cross(...BASES[name])) < PARALLEL;
}

/** Where a plane stands along its normal: the number of its slice from 1 and how many there are. */
export function sliceOf(
  trio: Trio,
  name: PlaneName,
  box: Box,
  onward = ONWARD[name],
): { number: number; count: number } {
  const normal = times(normalOf(trio.views[name]), onward);
  const step = stepAlong(box, normal);
  const [low, high] = extentAlong(box, normal);
  const count = Math.max(1, Math.round((high - low) / step) + 1);
  const number = Math.round((dot(trio.focus, normal) - low) / step) + 1;
  return { number: Math.min(count, Math.max(1, number)), count };
}

/** The plane at a slice number from 1. */
export function atSlice(trio: Trio, name: PlaneName, number: number, box: Box, onward = ONWARD[name]): Trio {
  return scrolled(trio, name, number - sliceOf(trio, name, box, onward).number, box, onward);
}
