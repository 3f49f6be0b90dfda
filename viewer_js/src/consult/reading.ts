import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Message } from "./wire";

/** How far this person has read the talk; kept in the browser as one number. */
export class Reading {
  readonly unread: ReadonlySignal<number>;
  /** Where the line "new" stands: fixed while the talk is open, so that it does not run away from the reader. */
  readonly divider: Signal<number>;
  private readonly read: Signal<number>;
  private readonly key: string;
  private readonly messages: ReadonlySignal<readonly Message[]>;

  constructor(consultId: string, me: string, messages: ReadonlySignal<readonly Message[]>) {
    this.key = `hoichan.read.${me}.${consultId}`;
    this.messages = messages;
    this.read = signal(restored(this.key));
    this.divider = signal(this.read.value);
    this.unread = computed(
      () =>
        messages.value.filter(({ author, number }) => number > this.read.value && author.id !== me).length,
    );
  }

  /** The talk comes into sight: what is new since last time is marked. */
  opened(): void {
    this.divider.value = this.read.value;
  }

  /** Everything there is has been in sight. */
  seen(): void {
    const last = this.messages.value.at(-1)?.number ?? 0;
    if (last <= this.read.value) return;
    this.read.value = last;
    try {
      localStorage.setItem(this.key, String(last));
    } catch {
      // Storage forbidden: the marker is right until the next reload.
    }
  }
}

function restored(key: string): number {
  try {
    return Number(localStorage.getItem(key) ?? 0) || 0;
  } catch {
    return 0;
  }
}
