/**
 * Viewports that move together: the active one leads, the others follow.
 *
 * Slices run together by millimetres where both stacks lie (nearly) parallel, else by number. How far apart they were
 * when they were linked stays: somebody who lines up two examinations by hand keeps them lined up.
 */

import { batch, effect, untracked } from "@preact/signals";
import type { Frame, Stack } from "../stream/stack";
import { fitScale } from "./geometry";
import type { Links } from "./links";
import type { ViewportModel } from "./model";
import { dot, nearestFrame, planeOf, shareSpace, toImage, toPatient } from "./patient_space";

/** cosine from which on two planes run the same way */
const PARALLEL = 0.9;

export interface Followed {
  readonly frames: readonly Frame[];
  /** where it stood when the two were linked */
  readonly anchor: number;
}

/** Millimetres from one slice to the next along the normal of `frame`; null when there is none. */
function stepOf(frames: readonly Frame[]): number | null {
  const [first, last] = [frames[0], frames.at(-1)];
  const plane = first && planeOf(first);
  if (!plane || !first?.position || !last?.position || frames.length < 2) return null;
  const way = ([0, 1, 2] as const).map((i) => (last.position?.[i] ?? 0) - (first.position?.[i] ?? 0));
  const step = dot([way[0] ?? 0, way[1] ?? 0, way[2] ?? 0], plane.normal) / (frames.length - 1);
  return Math.abs(step) > 1e-3 ? step : null;
}

/** 1: the same way, -1: the opposite way, 0: across one another. */
function direction(one: Frame, other: Frame): -1 | 0 | 1 {
  const [a, b] = [planeOf(one), planeOf(other)];
  const cosine = a && b ? dot(a.normal, b.normal) : 0;
  return Math.abs(cosine) < PARALLEL ? 0 : cosine > 0 ? 1 : -1;
}

/** Which slice a follower shows when its leader has come to `index`; null: it stays. */
export function followedIndex(leader: Followed, index: number, follower: Followed): number | null {
  const [from, to] = [leader.frames[index], follower.frames[follower.anchor]];
  if (!from || !to || follower.frames.length < 2) return null;
  const isPlaced = planeOf(from) !== null && planeOf(to) !== null;
  const way = direction(from, to);
  if (isPlaced && way === 0) return null;
  if (shareSpace(from, to)) {
    const middle = toPatient(from, [from.instance.columns / 2, from.instance.rows / 2]);
    return middle && nearestFrame(follower.frames, middle);
  }
  const [own, its] = [stepOf(leader.frames), stepOf(follower.frames)];
  const ratio = own && its ? (own / its) * (way || 1) : 1;
  return Math.round(follower.anchor + (index - leader.anchor) * ratio);
}

export class Following {
  readonly #links: Links;
  readonly #shown: () => readonly ViewportModel[];
  readonly #active: () => ViewportModel;
  #anchors = new Map<ViewportModel, { stack: Stack | null; anchor: number }>();

  constructor(links: Links, shown: () => readonly ViewportModel[], active: () => ViewportModel) {
    this.#links = links;
    this.#shown = shown;
    this.#active = active;
  }

  /** Begins to follow; what is returned ends it. */
  start(): () => void {
    const stops = [
      effect(() => this.#anchor()),
      effect(() => this.#followScroll()),
      effect(() => this.#followWindow()),
      effect(() => this.#followZoom()),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }

  /** Where each stands when it is linked, and again when one of them shows another series. */
  #anchor(): void {
    if (!this.#links.scroll.value) return;
    const now = this.#shown().map((viewport) => ({ viewport, stack: viewport.stack.value }));
    const places = now.map(
      ({ viewport, stack }) => [viewport, { stack, anchor: viewport.index.peek() }] as const,
    );
    this.#anchors = new Map(places);
  }

  #followScroll(): void {
    const leader = this.#active();
    const index = leader.index.value;
    if (!this.#links.scroll.value) return;
    untracked(() =>
      this.#others(leader, (viewport) => {
        const [from, to] = [this.#followed(leader), this.#followed(viewport)];
        const wanted = from && to && followedIndex(from, index, to);
        if (wanted !== null) viewport.scrollTo(wanted);
      }),
    );
  }

  #followed(viewport: ViewportModel): Followed | null {
    const known = this.#anchors.get(viewport);
    const stack = viewport.stack.peek();
    return known && stack && known.stack === stack ? { frames: stack.frames, anchor: known.anchor } : null;
  }

  #followWindow(): void {
    const leader = this.#active();
    const [window, own, invert] = [leader.window.value, leader.ownChoice.value, leader.invert.value];
    if (!this.#links.window.value) return;
    untracked(() =>
      this.#others(leader, (viewport) => {
        if (!sameScale(leader, viewport)) return;
        viewport.ownChoice.value = own;
        viewport.window.value = window;
        viewport.invert.value = invert;
      }),
    );
  }

  #followZoom(): void {
    const leader = this.#active();
    void [leader.placement.value, leader.size.value];
    if (!this.#links.zoom.value) return;
    untracked(() => this.#others(leader, (viewport) => placeAlike(leader, viewport)));
  }

  #others(leader: ViewportModel, change: (viewport: ViewportModel) => void): void {
    batch(() => {
      for (const viewport of this.#shown())
        if (viewport !== leader && viewport.stack.peek()) change(viewport);
    });
  }
}

/** Whether one window means the same in both: a window of CT says nothing of MR. */
function sameScale(one: ViewportModel, other: ViewportModel): boolean {
  const [a, b] = [one.frame.peek(), other.frame.peek()];
  const [from, to] = [one.stack.peek(), other.stack.peek()];
  return !!a && !!b && a.instance.unit === b.instance.unit && from?.series.modality === to?.series.modality;
}

/** The same part of the patient at the same size; of images without a common space the same part of the image. */
function placeAlike(leader: ViewportModel, viewport: ViewportModel): void {
  const [from, to] = [leader.frame.peek(), viewport.frame.peek()];
  if (!from || !to) return;
  const { zoom, centre } = leader.placement.peek();
  const isShared = shareSpace(from, to) && direction(from, to) !== 0;
  const patient = isShared ? toPatient(from, centre) : null;
  const found = patient && toImage(to, patient);
  if (found && from.spacing && to.spacing) {
    const scale = perMillimetre(leader, from.spacing[1]) / (perMillimetre(viewport, to.spacing[1]) || 1);
    viewport.place((now) => ({ ...now, zoom: now.zoom * scale, centre: found.point }));
    return;
  }
  const [x, y] = [centre[0] / from.instance.columns, centre[1] / from.instance.rows];
  const same: [number, number] = [x * to.instance.columns, y * to.instance.rows];
  viewport.place((now) => ({ ...now, zoom, centre: same }));
}

/** CSS pixels for a millimetre, as the viewport is zoomed now. */
function perMillimetre(viewport: ViewportModel, columnSpacing: number): number {
  const { zoom, rotation } = viewport.placement.peek();
  return (fitScale(viewport.plane.peek(), viewport.size.peek(), rotation) * zoom) / columnSpacing;
}
