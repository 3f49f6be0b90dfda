/** Wheel events to whole images: a mouse's notch is one, a touch pad's small deltas add up. */

const LINE = 40;
const PAGE = 400;
/** pixels of a touch pad for one image */
const PIXELS = 30;
/** a notch of a mouse is 100 or 120 pixels in every browser; from here on it is one */
const NOTCH = 60;

export class WheelSteps {
  #sum = 0;

  take({ deltaY, deltaMode }: Pick<WheelEvent, "deltaMode" | "deltaY">): number {
    const pixels = deltaY * (deltaMode === 1 ? LINE : deltaMode === 2 ? PAGE : 1);
    if (Math.abs(pixels) >= NOTCH) {
      this.#sum = 0;
      return Math.sign(pixels) * Math.max(1, Math.round(Math.abs(pixels) / 120));
    }
    if (Math.sign(pixels) !== Math.sign(this.#sum)) this.#sum = 0;
    this.#sum += pixels;
    const steps = Math.trunc(this.#sum / PIXELS);
    this.#sum -= steps * PIXELS;
    return steps;
  }
}
