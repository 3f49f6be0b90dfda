/** Whether there is graphics hardware, asked once the first picture is on the screen; nobody waits for it. */

import { signal } from "@preact/signals";
import type { Painted, Painter, StoredPicture } from "./painter";
import type { Region } from "./region";

/** Smaller images are painted by the processor within 2 ms; sending them away would cost more. */
export const WORTH_SENDING = 1 << 20;

/** A page has one, whatever it shows. */
class Graphics {
  /** grows when what is on the screen should be drawn again, by another painter */
  readonly changes = signal(0);
  #gpu: Painter | null = null;
  #isAsked = false;

  readonly painter: Painter = {
    paint: (picture: StoredPicture, region: Region): Painted | null =>
      region.width * region.height < WORTH_SENDING ? null : (this.#asked()?.paint(picture, region) ?? null),
  };

  #asked(): Painter | null {
    if (!this.#isAsked) {
      this.#isAsked = true;
      setTimeout(() => void this.#open(), 500);
    }
    return this.#gpu;
  }

  async #open(): Promise<void> {
    const changed = () => {
      this.changes.value++;
    };
    try {
      const { openGpu } = await import("./webgl2");
      this.#gpu = openGpu(changed);
    } catch {
      // the program could not be fetched: the processor goes on painting
      this.#gpu = null;
    }
    if (this.#gpu) changed();
  }
}

export const graphics = new Graphics();
