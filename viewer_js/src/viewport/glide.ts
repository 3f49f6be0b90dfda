/** A quick turn of the wheel runs through the images in between, so that the eye sees them pass. */

/** the share of the way left that one drawn frame goes */
const SHARE = 3;

export class Glide {
  readonly #scrollBy: (images: number) => void;
  readonly #nextFrame: (step: () => void) => void;
  #left = 0;
  #isRunning = false;

  constructor(
    scrollBy: (images: number) => void,
    nextFrame: (step: () => void) => void = requestAnimationFrame,
  ) {
    this.#scrollBy = scrollBy;
    this.#nextFrame = (step) => nextFrame(step);
  }

  by(images: number): void {
    if (Math.sign(images) !== Math.sign(this.#left)) this.#left = 0;
    this.#left += images;
    if (!this.#isRunning) this.#step();
  }

  stop(): void {
    this.#left = 0;
  }

  #step(): void {
    this.#isRunning = this.#left !== 0;
    if (!this.#isRunning) return;
    const images = Math.sign(this.#left) * Math.ceil(Math.abs(this.#left) / SHARE);
    this.#left -= images;
    this.#scrollBy(images);
    this.#nextFrame(() => this.#step());
  }
}
