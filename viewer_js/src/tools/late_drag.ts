/** A press on a tool whose code is still on its way: what the hand does meanwhile is done when it has come. */

import type { Drag, ToolPoint } from "./tool";

type Begin = (at: ToolPoint) => Drag | null;

export class LateDrag implements Drag {
  #begin: Begin | null = null;
  #drag: Drag | null = null;
  #isOver = false;
  readonly #missed: (() => void)[] = [];

  constructor(begin: Promise<Begin>, from: ToolPoint) {
    this.press(from);
    begin.then(
      (found) => {
        this.#begin = found;
        for (const step of this.#missed.splice(0)) if (!this.#isOver) step();
      },
      () => {
        this.#isOver = true;
      },
    );
  }

  /** What was done in the meantime may have ended before the hand knew: then this press is a new one. */
  press(at: ToolPoint): void {
    this.#soon(() => {
      if (!this.#drag) this.#drag = this.#begin?.(at) ?? null;
      else if (this.#drag.press) this.#drag.press(at);
      else this.#drag.move(at);
    });
  }

  move(to: ToolPoint): void {
    this.#soon(() => this.#drag?.move(to));
  }

  end(at: ToolPoint): "done" | "more" {
    this.#soon(() => {
      if (this.#drag?.end(at) === "done") this.#drag = null;
    });
    const isWaiting = this.#begin === null && !this.#isOver;
    return isWaiting || this.#drag ? "more" : "done";
  }

  cancel(): void {
    this.#isOver = true;
    this.#drag?.cancel();
  }

  #soon(step: () => void): void {
    if (this.#begin) step();
    else this.#missed.push(step);
  }
}
