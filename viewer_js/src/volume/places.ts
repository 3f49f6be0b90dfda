/**
 * Where planes stand among the images of the series. A plane that lies on the images carries their numbers and is
 * scrolled in their order; every other one says millimetres, so that nobody takes its place for an image's number.
 */

import type { Vector3 } from "../api/manifest";
import type { Frame } from "../stream/stack";
import { type Box, middleOf } from "./box";
import {
  atSlice,
  isParallel,
  movedTo,
  normalOf,
  onwardOf,
  type PlaneName,
  scrolled,
  sliceOf,
  startingTrio,
  type Trio,
  type Way,
} from "./trio";
import { cross, dot, plus, times, unit } from "./vectors";

interface Image {
  /** in the stack, from 0 */
  readonly index: number;
  /** millimetres along the normal */
  readonly depth: number;
}

export interface Acquired {
  /** unit arrow out of the images */
  readonly normal: Vector3;
  /** millimetres along it from one slice of the block to the next */
  readonly step: number;
  /** one for each place, in the stack's order */
  readonly images: readonly Image[];
}

/** What a plane says of its place, and where the slider stands: from 1. */
export interface Standing {
  readonly says:
    | { readonly is: "image"; readonly number: number }
    | { readonly is: "between"; readonly first: number; readonly second: number }
    | { readonly is: "free"; readonly towards: Vector3; readonly millimetres: number };
  readonly place: number;
  readonly places: number;
}

/** As the server has it (app/render/volume_geometry.py). */
const SAME_PLACE = 0.01;
const ON_GRID = 0.25;
/** Half a step; what is farther from its image shows what was made up between two. */
const OWN = 0.501;
/** The cosine of 45 degrees: such planes still go the way of the images. */
const ALIKE = Math.SQRT1_2;

function sizeOf({ instance }: Frame): string {
  return `${instance.rows} ${instance.columns}`;
}

/** Those of the commonest size that lie as the block's slices do: no scout. */
function placedAlong(frames: readonly Frame[], normal: Vector3): Image[] {
  const lying = frames.filter(({ position, orientation }) => {
    if (!position || !orientation) return false;
    const [a, b, c, d, e, f] = orientation;
    return isParallel(cross([a, b, c], [d, e, f]), normal);
  });
  const sizes = new Map<string, number>();
  for (const frame of lying) sizes.set(sizeOf(frame), (sizes.get(sizeOf(frame)) ?? 0) + 1);
  const most = Math.max(...sizes.values());
  return lying
    .filter((frame) => sizes.get(sizeOf(frame)) === most)
    .map(({ index, position }) => ({ index, depth: dot(position as Vector3, normal) }));
}

/** Of several at one place the first. */
function oneForEachPlace(images: readonly Image[]): Image[] {
  const kept: Image[] = [];
  for (const image of [...images].sort((one, other) => one.depth - other.depth || one.index - other.index)) {
    const last = kept.at(-1);
    if (!last || image.depth - last.depth >= SAME_PLACE) kept.push(image);
    else if (image.index < last.index) kept[kept.length - 1] = { ...last, index: image.index };
  }
  return kept.sort((one, other) => one.index - other.index);
}

export function acquiredOf(frames: readonly Frame[], { origin, axes, spacing }: Box): Acquired {
  const normal = unit(cross(axes[0], axes[1]));
  const step = dot(axes[2], normal) * spacing[2];
  const start = dot(origin, normal);
  // a position written with one decimal lies a hair beside its slice: the slice itself is shown, unmixed
  const onGrid = (depth: number) => {
    const slice = (depth - start) / step;
    return Math.abs(slice - Math.round(slice)) <= ON_GRID ? start + Math.round(slice) * step : depth;
  };
  const images = oneForEachPlace(placedAlong(frames, normal)).map(({ index, depth }) => ({
    index,
    depth: onGrid(depth),
  }));
  return { normal, step: Math.abs(step), images };
}

function liesOnImages({ views }: Trio, name: PlaneName, { normal, images }: Acquired): boolean {
  return images.length > 0 && isParallel(normalOf(views[name]), normal);
}

function depthOf({ focus }: Trio, { normal }: Acquired): number {
  return dot(focus, normal);
}

/** The place in the list of images whose image lies nearest. */
function nearest({ images }: Acquired, depth: number): number {
  const away = images.map((image) => Math.abs(image.depth - depth));
  return away.indexOf(Math.min(...away));
}

function isBetween({ images, step }: Acquired, at: number, depth: number): boolean {
  return Math.abs((images[at] as Image).depth - depth) > OWN * step;
}

function wayOf({ views }: Trio, name: PlaneName, { normal, images }: Acquired): Way {
  const cosine = dot(normalOf(views[name]), normal);
  const [first, last] = [images[0], images.at(-1)];
  if (!first || !last || first === last || Math.abs(cosine) < ALIKE) return onwardOf(name);
  return cosine * (last.depth - first.depth) > 0 ? 1 : -1;
}

function besides({ images }: Acquired, at: number, depth: number): { first: number; second: number } {
  const near = images[at] as Image;
  const beyond = images
    .filter((image) => image.depth > depth !== near.depth > depth)
    .sort((one, other) => Math.abs(one.depth - depth) - Math.abs(other.depth - depth))[0];
  const numbers = [near.index + 1, (beyond ?? near).index + 1];
  return { first: Math.min(...numbers), second: Math.max(...numbers) };
}

export function standingOf(trio: Trio, name: PlaneName, box: Box, acquired: Acquired): Standing {
  if (!liesOnImages(trio, name, acquired)) {
    const way = wayOf(trio, name, acquired);
    const { number, count } = sliceOf(trio, name, box, way);
    const normal = normalOf(trio.views[name]);
    const along = dot(trio.focus, normal);
    const towards = along < 0 ? times(normal, -1) : normal;
    return {
      says: { is: "free", towards, millimetres: Math.abs(along) },
      place: number,
      places: count,
    };
  }
  const depth = depthOf(trio, acquired);
  const at = nearest(acquired, depth);
  const between = isBetween(acquired, at, depth);
  return {
    says: between
      ? { is: "between", ...besides(acquired, at, depth) }
      : { is: "image", number: (acquired.images[at] as Image).index + 1 },
    place: at + 1,
    places: acquired.images.length,
  };
}

function onImage(trio: Trio, box: Box, acquired: Acquired, at: number): Trio {
  const { images, normal } = acquired;
  const image = images[Math.min(images.length - 1, Math.max(0, at))] as Image;
  return movedTo(trio, plus(trio.focus, times(normal, image.depth - depthOf(trio, acquired))), box);
}

/** One plane moved by whole images where it lies on them, else by whole voxels. */
export function stepped(trio: Trio, name: PlaneName, steps: number, box: Box, acquired: Acquired): Trio {
  if (!liesOnImages(trio, name, acquired))
    return scrolled(trio, name, steps, box, wayOf(trio, name, acquired));
  const depth = depthOf(trio, acquired);
  const at = nearest(acquired, depth);
  const way = wayOf(trio, name, acquired) * dot(normalOf(trio.views[name]), acquired.normal) * steps;
  const isAhead = ((acquired.images[at] as Image).depth - depth) * way > 0;
  // from a gap the first step leads to the next image, not past it
  const counted = isAhead && isBetween(acquired, at, depth) ? steps - Math.sign(steps) : steps;
  return onImage(trio, box, acquired, at + counted);
}

/** The plane where the slider stands so. */
export function atPlace(trio: Trio, name: PlaneName, place: number, box: Box, acquired: Acquired): Trio {
  if (liesOnImages(trio, name, acquired)) return onImage(trio, box, acquired, place - 1);
  return atSlice(trio, name, place, box, wayOf(trio, name, acquired));
}

/** The image of the stack, from 0, whose place the focus is; `shown` where it lies there, too. */
export function imageAt(trio: Trio, frames: readonly Frame[], acquired: Acquired, shown: number): number {
  const found = acquired.images[nearest(acquired, depthOf(trio, acquired))];
  const position = frames[shown]?.position;
  if (!found) return shown;
  const isThere =
    position && Math.abs(dot(position, acquired.normal) - found.depth) <= ON_GRID * acquired.step;
  return isThere ? shown : found.index;
}

/** The pictures around the middle of the block, the lines through the image that was on the screen. */
export function trioFor(box: Box, frames: readonly Frame[], acquired: Acquired, shown: number | null): Trio {
  const middle = middleOf(box);
  const start = startingTrio(middle);
  const position = shown === null ? null : frames[shown]?.position;
  if (!position || acquired.images.length === 0) return start;
  const at = nearest(acquired, dot(position, acquired.normal));
  const way = (acquired.images[at] as Image).depth - dot(middle, acquired.normal);
  return movedTo(start, plus(middle, times(box.axes[2], way / dot(box.axes[2], acquired.normal))), box);
}
