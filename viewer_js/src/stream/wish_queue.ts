/**
 * A queue whose content is replaced, not added to: each change of what is on the screen makes a new list of wishes,
 * the first being the most urgent. What is running and no longer wished for is aborted.
 */

export interface Wish {
  /** names the thing; a wish with the key of a running one joins it */
  readonly key: string;
  /** on the screen now: goes first, and may use the places kept for such wishes */
  readonly urgent: boolean;
  run(signal: AbortSignal): Promise<void>;
}

export interface Limits {
  /** requests at once, in all */
  readonly total: number;
  /** requests at once for what is not on the screen */
  readonly background: number;
}

interface Running {
  readonly wish: Wish;
  readonly controller: AbortController;
  urgent: boolean;
}

export class WishQueue {
  readonly #limits: Limits;
  #waiting: Wish[] = [];
  readonly #running = new Map<string, Running>();
  #paused = false;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** The newest list wins. */
  replace(wishes: readonly Wish[]): void {
    const byKey = new Map(wishes.map((wish) => [wish.key, wish]));
    for (const [key, running] of this.#running) {
      const still = byKey.get(key);
      if (still) running.urgent = still.urgent;
      else this.#abort(key, running);
    }
    this.#waiting = [...byKey.values()].filter(({ key }) => !this.#running.has(key));
    this.#fill();
  }

  /** While the line is broken nothing new is started. */
  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#fill();
  }

  get running(): readonly string[] {
    return [...this.#running.keys()];
  }

  get idle(): boolean {
    return this.#running.size === 0 && this.#waiting.length === 0;
  }

  #abort(key: string, running: Running): void {
    this.#running.delete(key);
    running.controller.abort();
  }

  #fill(): void {
    while (!this.#paused) {
      const next = this.#waiting.findIndex((wish) => this.#hasRoomFor(wish));
      if (next < 0) return;
      const [wish] = this.#waiting.splice(next, 1);
      if (wish) this.#start(wish);
    }
  }

  #hasRoomFor(wish: Wish): boolean {
    if (this.#running.size >= this.#limits.total) return false;
    const background = [...this.#running.values()].filter(({ urgent }) => !urgent).length;
    return wish.urgent || background < this.#limits.background;
  }

  #start(wish: Wish): void {
    const running = { wish, controller: new AbortController(), urgent: wish.urgent };
    this.#running.set(wish.key, running);
    // a wish reports its own failure; here only its place matters
    void wish.run(running.controller.signal).finally(() => {
      if (this.#running.get(wish.key) === running) this.#running.delete(wish.key);
      this.#fill();
    });
  }
}
