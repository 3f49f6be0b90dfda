export type Timer = (fn: () => void, milliseconds: number) => unknown;

/**
 * At most one call every `milliseconds`: the first at once, then always the newest value. What came between is
 * dropped, which is right for a pointer or a viewport and wrong for anything durable.
 */
export class Throttle<T> {
  private readonly milliseconds: number;
  private readonly call: (value: T) => void;
  private readonly timer: Timer;
  private resting = false;
  private newest: { readonly value: T } | null = null;

  constructor(milliseconds: number, call: (value: T) => void, timer: Timer = (fn, ms) => setTimeout(fn, ms)) {
    this.milliseconds = milliseconds;
    this.call = call;
    this.timer = timer;
  }

  push(value: T): void {
    if (this.resting) this.newest = { value };
    else this.now(value);
  }

  /** Forgets what has not been called yet: a final version follows another way. */
  forget(): void {
    this.newest = null;
  }

  private now(value: T): void {
    this.resting = true;
    this.call(value);
    this.timer(() => this.rested(), this.milliseconds);
  }

  private rested(): void {
    this.resting = false;
    const { newest } = this;
    this.newest = null;
    if (newest !== null) this.now(newest.value);
  }
}
