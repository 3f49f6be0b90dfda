/** The data saver: full quality comes only for the images it is asked for; previews and sharp pictures do else. */

import { type Signal, signal } from "@preact/signals";
import { preference } from "../api/preferences";
import { isHuge } from "./parts";
import type { Frame } from "./stack";

/** A browser that was told to save data says so. */
function saysSave(): boolean {
  return (navigator as { connection?: { saveData?: boolean } }).connection?.saveData ?? false;
}

export class DataSaver {
  readonly on: Signal<boolean> = preference("data_saver", saysSave());
  /** keys of frames asked for in full */
  readonly #asked = signal<ReadonlySet<string>>(new Set());

  ask(frame: Frame): void {
    this.#asked.value = new Set(this.#asked.peek()).add(frame.key);
  }

  /** The frame's full quality is not fetched now; of a large one the part that is seen is. */
  spares(frame: Frame): boolean {
    return (this.on.peek() || isHuge(frame)) && !this.#asked.peek().has(frame.key);
  }

  /** Not even that. */
  sparesPart(frame: Frame): boolean {
    return this.on.peek() && !this.#asked.peek().has(frame.key);
  }

  /** Reads, for an effect, everything spares() depends on. */
  watch(): void {
    void [this.on.value, this.#asked.value];
  }
}
