/** Pictures of 8 bits: as they are, or read back where tones, colours or a filter have to be put in. */

import { filtered, GREYS } from "./finish";
import { type BitmapPicture, sameFinish } from "./painter";

export class BitmapPainter {
  readonly #layer = document.createElement("canvas");
  #done: BitmapPicture | null = null;

  paint(picture: BitmapPicture): CanvasImageSource {
    if (!isChanged(picture)) return picture.bitmap;
    if (!this.#done || !samePixels(this.#done, picture)) this.#fill(picture);
    this.#done = picture;
    return this.#layer;
  }

  #fill(picture: BitmapPicture): void {
    const { bitmap, finish } = picture;
    const { width, height } = bitmap;
    this.#layer.width = width;
    this.#layer.height = height;
    const context = this.#layer.getContext("2d", { willReadFrequently: true });
    if (!context) return;
    context.drawImage(bitmap, 0, 0);
    const data = context.getImageData(0, 0, width, height);
    const channels = [0, 1, 2].map((channel) => plane(data.data, channel));
    if (picture.isGrey) {
      const greys = filtered(toned(channels[0] as Uint8Array, picture), width, height, finish.filter);
      const palette = finish.palette ?? GREYS;
      const words = new Uint32Array(data.data.buffer);
      for (let i = 0; i < greys.length; i++) words[i] = palette[greys[i] as number] as number;
    } else {
      for (const [channel, values] of channels.entries()) {
        put(data.data, channel, filtered(values, width, height, finish.filter));
      }
    }
    context.putImageData(data, 0, 0);
  }
}

/** The palette stands behind the inversion; of other pictures the canvas inverts what it has drawn. */
export function invertsItself({ finish, isGrey }: BitmapPicture): boolean {
  return isGrey && finish.palette !== null;
}

function isChanged({ tones, finish, isGrey }: BitmapPicture): boolean {
  return tones !== null || finish.filter !== "none" || (isGrey && finish.palette !== null);
}

function plane(bytes: Uint8ClampedArray, channel: number): Uint8Array {
  const out = new Uint8Array(bytes.length / 4);
  for (let i = 0; i < out.length; i++) out[i] = bytes[i * 4 + channel] as number;
  return out;
}

function put(bytes: Uint8ClampedArray, channel: number, values: Uint8Array): void {
  for (let i = 0; i < values.length; i++) bytes[i * 4 + channel] = values[i] as number;
}

function toned(greys: Uint8Array, picture: BitmapPicture): Uint8Array {
  const { tones } = picture;
  const flips = picture.invert && invertsItself(picture);
  if (!tones && !flips) return greys;
  return greys.map((grey) => {
    const tone = tones ? (tones[grey] as number) : grey;
    return flips ? 255 - tone : tone;
  });
}

function samePixels(one: BitmapPicture, other: BitmapPicture): boolean {
  const sameInversion = !invertsItself(one) || one.invert === other.invert;
  return (
    one.bitmap === other.bitmap &&
    one.tones === other.tones &&
    sameInversion &&
    sameFinish(one.finish, other.finish)
  );
}
