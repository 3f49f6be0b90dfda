/**
 * The picture that the page showed before this program came (app/edge/first_picture.py). The viewport takes it over
 * and keeps it under everything else until it has drawn that frame itself, or is to show another one.
 */

import type { Frame } from "../stream/stack";
import "./first_picture.css";

export class FirstPicture {
  #element: HTMLElement | null;

  /** Only the first viewport of a page finds one. */
  constructor(canvas: HTMLCanvasElement) {
    const found = document.querySelector<HTMLElement>(".first-picture");
    this.#element = found?.closest(".hv-surface") ? null : found;
    if (this.#element) canvas.after(this.#element);
  }

  /** Called with every drawing: `isDrawn`, whether the canvas shows `frame` now. */
  drawn(frame: Frame | null, isDrawn: boolean): void {
    if (!this.#element || (!isDrawn && this.#isOf(frame))) return;
    this.#element.remove();
    this.#element = null;
  }

  #isOf(frame: Frame | null): boolean {
    const { instance, frame: number } = this.#element?.dataset ?? {};
    return frame?.instance.id === instance && String(frame?.number) === number;
  }
}
