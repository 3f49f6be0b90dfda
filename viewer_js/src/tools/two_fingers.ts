/**
 * Two fingers: their distance zooms and their middle moves. Both going up or down together scroll instead, unless the
 * chosen tool scrolls with one finger anyway.
 */

import type { Point } from "../annotations/model";
import type { ViewportModel } from "../viewport/model";
import { paceOf } from "./scroll";

/** CSS pixels after which it is clear what the fingers mean. */
const CLEAR = 12;

export class TwoFingers {
  readonly #viewport: ViewportModel;
  #meaning: "scroll" | "undecided" | "zoom";
  #slid = 0;
  #spread = 0;
  #start: number;

  constructor(viewport: ViewportModel, oneFingerScrolls: boolean) {
    const frames = viewport.stack.peek()?.frames.length ?? 0;
    this.#viewport = viewport;
    this.#meaning = oneFingerScrolls || frames < 2 ? "zoom" : "undecided";
    this.#start = viewport.index.peek();
  }

  /** One finger went from one point to another while the other stayed. */
  moved(from: Point, to: Point, fixed: Point): void {
    const before = Math.hypot(from[0] - fixed[0], from[1] - fixed[1]);
    const after = Math.hypot(to[0] - fixed[0], to[1] - fixed[1]);
    this.#slid += (to[1] - from[1]) / 2;
    this.#spread += after - before;
    if (this.#meaning === "undecided") this.#decide();
    if (this.#meaning === "scroll") this.#scroll();
    if (this.#meaning !== "zoom") return;
    const middle: Point = [(to[0] + fixed[0]) / 2, (to[1] + fixed[1]) / 2];
    this.#viewport.pan((to[0] - from[0]) / 2, (to[1] - from[1]) / 2);
    if (before > 0 && after > 0) this.#viewport.zoomAt(middle, after / before);
  }

  #decide(): void {
    if (Math.abs(this.#spread) > CLEAR) this.#meaning = "zoom";
    else if (Math.abs(this.#slid) > CLEAR) this.#meaning = "scroll";
  }

  #scroll(): void {
    const frames = this.#viewport.stack.peek()?.frames.length ?? 1;
    const pace = paceOf(frames, this.#viewport.size.peek().height);
    this.#viewport.scrollTo(this.#start + this.#slid / pace);
  }
}
