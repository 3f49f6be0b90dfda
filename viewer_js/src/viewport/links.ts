/** Which movements the viewports make together; how they follow one another is fetched when the first is linked. */

import { effect, type Signal, signal, untracked } from "@preact/signals";
import { Later } from "../api/later";
import type { ViewportModel } from "./model";

export const following = new Later(() => import("./following"));

export class Links {
  readonly scroll = signal(false);
  readonly window = signal(false);
  readonly zoom = signal(false);
  readonly #shown: () => readonly ViewportModel[];
  readonly #active: () => ViewportModel;

  constructor(shown: () => readonly ViewportModel[], active: () => ViewportModel) {
    this.#shown = shown;
    this.#active = active;
  }

  /** Begins to follow; what is returned ends it. */
  start(): () => void {
    let stopFollowing: (() => void) | null = null;
    const stop = effect(() => {
      if (stopFollowing || !(this.scroll.value || this.window.value || this.zoom.value)) return;
      following.want();
      const code = following.here;
      if (code)
        untracked(() => {
          stopFollowing = new code.Following(this, this.#shown, this.#active).start();
        });
    });
    return () => {
      stop();
      stopFollowing?.();
    };
  }

  toggle(link: Signal<boolean>): void {
    link.value = !link.peek();
  }
}
