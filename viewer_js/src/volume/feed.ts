/**
 * Pictures of one viewport from the server. The newest wish wins: one question is on its way, at most one waits. While
 * things move small previews are asked for; at rest the full picture follows.
 */

export type Quality = "preview" | "full";

export interface Clock {
  after(milliseconds: number, act: () => void): () => void;
}

export const CLOCK: Clock = {
  after(milliseconds, act) {
    const id = setTimeout(act, milliseconds);
    return () => clearTimeout(id);
  },
};

export interface FeedOptions<W, P> {
  /** what the picture depends on; equal keys need no new picture */
  key(wish: W, quality: Quality): string;
  fetch(wish: W, quality: Quality, signal: AbortSignal): Promise<P>;
  show(picture: P, wish: W, quality: Quality): void;
  /** may ask for another try in so many milliseconds; null: do not try again */
  failed(error: unknown): number | null;
  /** still for so many milliseconds is at rest */
  restsAfter?: number;
  clock?: Clock;
}

const RESTS_AFTER = 140;

export class Feed<W, P> {
  readonly #options: FeedOptions<W, P>;
  readonly #clock: Clock;
  #wish: W | null = null;
  #shown: Record<Quality, string | null> = { preview: null, full: null };
  #running: { quality: Quality; key: string; controller: AbortController } | null = null;
  #isResting = false;
  #stopTimer: (() => void) | null = null;
  #isStopped = false;

  constructor(options: FeedOptions<W, P>) {
    this.#options = options;
    this.#clock = options.clock ?? CLOCK;
  }

  wish(wish: W): void {
    if (this.#isStopped) return;
    this.#wish = wish;
    this.#isResting = false;
    this.#dropStaleFull(wish);
    this.#goOnIn(this.#options.restsAfter ?? RESTS_AFTER);
    this.#next();
  }

  /** Everything that was shown counts no more: the volume was loaded anew. */
  forget(): void {
    this.#shown = { preview: null, full: null };
    if (this.#wish) this.wish(this.#wish);
  }

  stop(): void {
    this.#isStopped = true;
    this.#stopTimer?.();
    this.#running?.controller.abort();
  }

  /** Nothing else was wished for until then: it rests. */
  #goOnIn(milliseconds: number): void {
    this.#stopTimer?.();
    this.#stopTimer = this.#clock.after(milliseconds, () => {
      this.#isResting = true;
      this.#next();
    });
  }

  /** A full picture takes long: it is given up when something else is wished for. */
  #dropStaleFull(wish: W): void {
    const running = this.#running;
    if (running?.quality !== "full" || running.key === this.#options.key(wish, "full")) return;
    running.controller.abort();
    this.#running = null;
  }

  #next(): void {
    const wish = this.#wish;
    if (wish === null || this.#running || this.#isStopped) return;
    const full = this.#options.key(wish, "full");
    if (this.#shown.full === full) return;
    const preview = this.#options.key(wish, "preview");
    if (this.#shown.preview !== preview) void this.#ask(wish, "preview", preview);
    else if (this.#isResting) void this.#ask(wish, "full", full);
  }

  async #ask(wish: W, quality: Quality, key: string): Promise<void> {
    const running = { quality, key, controller: new AbortController() };
    this.#running = running;
    try {
      const picture = await this.#options.fetch(wish, quality, running.controller.signal);
      if (this.#running !== running || this.#isStopped) return;
      this.#running = null;
      this.#shown = { ...this.#shown, full: null, [quality]: key };
      this.#options.show(picture, wish, quality);
    } catch (error) {
      if (this.#running !== running || this.#isStopped) return;
      this.#running = null;
      const pause = this.#options.failed(error);
      if (pause !== null) this.#goOnIn(pause);
      return;
    }
    this.#next();
  }
}
