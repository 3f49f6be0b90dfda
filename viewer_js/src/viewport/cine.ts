/** Plays the active stack at the pace of its recording or another, round and round or to and fro, alone or with all. */

import { signal } from "@preact/signals";
import type { ViewportModel } from "./model";

/** images a second of a stack that says nothing */
const USUAL = 10;
export const SLOWEST = 1;
export const FASTEST = 60;

export interface Range {
  readonly first: number;
  readonly last: number;
}

export interface Step {
  readonly index: number;
  readonly way: 1 | -1;
}

/** Where the film goes on: from its end to its beginning, or back the way it came. */
export function nextStep({ index, way }: Step, { first, last }: Range, sweeps: boolean): Step {
  if (index < first || index > last) return { index: first, way: 1 };
  const next = index + way;
  if (next >= first && next <= last) return { index: next, way };
  if (!sweeps) return { index: way === 1 ? first : last, way };
  const back = way === 1 ? -1 : 1;
  return { index: Math.min(last, Math.max(first, index + back)), way: back };
}

export class Cine {
  readonly isPlaying = signal(false);
  /** images a second; null: as it was recorded */
  readonly rate = signal<number | null>(null);
  readonly sweeps = signal(false);
  /** all viewports that show a stack run together */
  readonly together = signal(false);
  readonly #active: () => ViewportModel;
  readonly #shown: () => readonly ViewportModel[];
  readonly #range = signal<{ readonly stack: string; readonly range: Range } | null>(null);
  readonly #ways = new WeakMap<ViewportModel, 1 | -1>();
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(active: () => ViewportModel, shown: () => readonly ViewportModel[] = () => [active()]) {
    this.#active = active;
    this.#shown = shown;
  }

  /** What the recording asks for, as far as a screen can show it. */
  recommended(viewport: ViewportModel): number {
    const pause = viewport.frame.value?.instance.frame_time_ms;
    return pause ? Math.min(FASTEST, Math.max(SLOWEST, 1000 / pause)) : USUAL;
  }

  setRange(first: number, last: number): void {
    const stack = this.#active().stack.peek();
    if (!stack) return;
    const end = stack.frames.length - 1;
    const from = Math.max(0, Math.min(first, last, end));
    const range = { first: from, last: Math.min(end, Math.max(first, last)) };
    this.#range.value = { stack: stack.id, range };
  }

  toggle(): void {
    if (this.isPlaying.peek()) this.stop();
    else this.#start();
  }

  stop(): void {
    this.isPlaying.value = false;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** The part of its stack that is played. */
  rangeOf(viewport: ViewportModel): Range {
    const stack = viewport.stack.value;
    const chosen = this.#range.value;
    const last = Math.max(0, (stack?.frames.length ?? 1) - 1);
    return stack && chosen?.stack === stack.id ? chosen.range : { first: 0, last };
  }

  #start(): void {
    const viewport = this.#active();
    if ((viewport.stack.peek()?.frames.length ?? 0) < 2) return;
    this.isPlaying.value = true;
    this.#wait(viewport, performance.now());
  }

  /** The next image is due at a fixed time, so that a slow drawing does not slow the film. */
  #wait(viewport: ViewportModel, due: number): void {
    const pause = 1000 / (this.rate.peek() ?? this.recommended(viewport));
    const now = performance.now();
    const next = Math.max(due + pause, now);
    this.#timer = setTimeout(() => {
      if (this.#active() !== viewport || (viewport.stack.peek()?.frames.length ?? 0) < 2) {
        this.stop();
        return;
      }
      for (const one of this.together.peek() ? this.#shown() : [viewport]) this.#advance(one);
      this.#wait(viewport, next);
    }, next - now);
  }

  #advance(viewport: ViewportModel): void {
    if ((viewport.stack.peek()?.frames.length ?? 0) < 2) return;
    const now = {
      index: viewport.index.peek(),
      way: this.sweeps.peek() ? (this.#ways.get(viewport) ?? 1) : 1,
    } as const;
    const { index, way } = nextStep(now, this.rangeOf(viewport), this.sweeps.peek());
    this.#ways.set(viewport, way);
    viewport.scrollTo(index);
  }
}
