/** The line to the server: whole, or broken and tried again after growing pauses. */

import { signal } from "@preact/signals";

const PAUSES = [500, 1000, 2000, 4000, 8000, 15_000];

export type Timer = (fn: () => void, milliseconds: number) => unknown;

export class Line {
  /** shown to the person */
  readonly broken = signal(false);
  #failures = 0;
  #waiting = false;
  readonly #onRetry: () => void;
  readonly #timer: Timer;

  constructor(onRetry: () => void, timer: Timer = (fn, ms) => setTimeout(fn, ms)) {
    this.#onRetry = onRetry;
    this.#timer = timer;
  }

  worked(): void {
    this.#failures = 0;
    this.broken.value = false;
  }

  /** Asks for one retry after a pause that grows with each failure in a row. */
  failed(): void {
    this.broken.value = true;
    if (this.#waiting) return;
    this.#waiting = true;
    const pause = PAUSES[Math.min(this.#failures, PAUSES.length - 1)] ?? 0;
    this.#failures += 1;
    this.#timer(() => this.#retry(), pause * (0.8 + 0.4 * Math.random()));
  }

  /** The browser says that the network is back: no need to wait. */
  retryNow(): void {
    if (this.#waiting) this.#retry();
  }

  #retry(): void {
    if (!this.#waiting) return;
    this.#waiting = false;
    this.#onRetry();
  }
}
