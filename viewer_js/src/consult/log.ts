import { reduce } from "./state";
import type { ConsultEvent, RoomState } from "./wire";

export interface EventPage {
  readonly events: readonly ConsultEvent[];
  readonly head: number;
}

export interface LogOptions {
  readonly state: RoomState;
  /** Asks the server for the events after a number; may reject when the line is broken. */
  readonly fetchAfter: (after: number) => Promise<EventPage>;
  /** Called after each change, with the events that were just applied. */
  readonly changed: (state: RoomState, applied: readonly ConsultEvent[]) => void;
  /** Waits before the next try of a failed fetch. */
  readonly pause: (attempt: number) => Promise<void>;
}

/**
 * The consult's history in order of number. Events may come late, twice, out of order or not at all; whatever is
 * missing is asked for again. Nothing else changes the durable state of the screen.
 */
export class EventLog {
  state: RoomState;
  private readonly options: LogOptions;
  private readonly waiting = new Map<number, ConsultEvent>();
  private known: number;
  private catching: Promise<void> | null = null;
  private stopped = false;

  constructor(options: LogOptions) {
    this.options = options;
    this.state = options.state;
    this.known = options.state.head;
  }

  receive(event: ConsultEvent): void {
    this.take([event]);
    if (this.behind) void this.catchUp();
  }

  /** The server's latest number: a larger one than ours reveals a loss nobody else would notice. */
  headIs(number: number): void {
    this.known = Math.max(this.known, number);
    if (this.behind) void this.catchUp();
  }

  /** After a broken line anything may have been missed: ask without waiting for a sign of it. */
  reconnected(): Promise<void> {
    this.known = Math.max(this.known, this.state.head + 1);
    return this.catchUp();
  }

  stop(): void {
    this.stopped = true;
  }

  private get behind(): boolean {
    return this.known > this.state.head;
  }

  private take(events: readonly ConsultEvent[]): void {
    for (const event of events) {
      this.known = Math.max(this.known, event.number);
      if (event.number > this.state.head) this.waiting.set(event.number, event);
    }
    const applied: ConsultEvent[] = [];
    let next = this.waiting.get(this.state.head + 1);
    while (next !== undefined) {
      this.waiting.delete(next.number);
      this.state = reduce(this.state, next);
      applied.push(next);
      next = this.waiting.get(this.state.head + 1);
    }
    if (applied.length > 0) this.options.changed(this.state, applied);
  }

  private catchUp(): Promise<void> {
    this.catching ??= this.fetchUntilLevel().finally(() => {
      this.catching = null;
    });
    return this.catching;
  }

  private async fetchUntilLevel(): Promise<void> {
    for (let attempt = 0; this.behind && !this.stopped; ) {
      const before = this.state.head;
      const head = await this.fetchOnce();
      // The server's own head settles what there is: a guess made on reconnecting may have been one too many.
      if (head !== null) this.known = Math.max(head, this.state.head, ...this.waiting.keys());
      attempt = this.state.head > before ? 0 : attempt + 1;
      if (this.behind && attempt > 0) await this.options.pause(attempt);
    }
  }

  private async fetchOnce(): Promise<number | null> {
    try {
      const page = await this.options.fetchAfter(this.state.head);
      this.take(page.events);
      return page.head;
    } catch {
      return null; // a broken line: tried again after a pause
    }
  }
}
