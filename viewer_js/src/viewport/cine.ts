/** Plays the active stack at the pace of its recording; a still stack at ten images a second. */

import { signal } from "@preact/signals";
import type { ViewportModel } from "./model";

const USUAL = 100;
const FASTEST = 16;

export class Cine {
  readonly isPlaying = signal(false);
  readonly #active: () => ViewportModel;
  #timer: ReturnType<typeof setInterval> | null = null;

  constructor(active: () => ViewportModel) {
    this.#active = active;
  }

  toggle(): void {
    if (this.isPlaying.peek()) this.stop();
    else this.#start();
  }

  stop(): void {
    this.isPlaying.value = false;
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  #start(): void {
    const viewport = this.#active();
    const frames = viewport.stack.peek()?.frames.length ?? 0;
    if (frames < 2) return;
    this.isPlaying.value = true;
    const pause = viewport.frame.peek()?.instance.frame_time_ms ?? USUAL;
    this.#timer = setInterval(() => this.#next(viewport), Math.max(FASTEST, pause));
  }

  #next(viewport: ViewportModel): void {
    const frames = viewport.stack.peek()?.frames.length ?? 0;
    if (this.#active() !== viewport || frames < 2) {
      this.stop();
      return;
    }
    const next = viewport.index.peek() + 1;
    viewport.scrollTo(next < frames ? next : 0);
  }
}
