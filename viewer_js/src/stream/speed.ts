/** How fast bodies come in, and so which coding costs less time: fewer bytes or less work. */

import type { Coding } from "./decode";

/** Bytes a millisecond from which the server's work weighs more than the bytes it saves. */
const FAST = 8_000;
const TOO_SMALL = 20_000;

export class Speed {
  /** 0: not known yet */
  #rate = 0;

  /** A body of so many bytes came within so many milliseconds. */
  took(bytes: number, milliseconds: number): void {
    if (bytes < TOO_SMALL) return;
    const rate = bytes / Math.max(milliseconds, 0.5);
    this.#rate = this.#rate === 0 ? rate : 0.7 * this.#rate + 0.3 * rate;
  }

  get coding(): Coding {
    return this.#rate > FAST ? "left" : "predicted";
  }
}
