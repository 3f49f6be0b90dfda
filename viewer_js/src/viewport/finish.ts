/**
 * What happens to the greys after the window: a filter over neighbouring pixels, then colours in place of greys.
 * All of it in whole numbers of 8 bits, so that every renderer comes to the same picture.
 */

export type Filter = "none" | "sharpen" | "smooth";

export interface Finish {
  readonly filter: Filter;
  /** one RGBA word for each grey; null: the greys themselves */
  readonly palette: Uint32Array | null;
}

export const PLAIN: Finish = { filter: "none", palette: null };

/** 256 words in the byte order of ImageData on every machine a browser runs on. */
export function wordsOf(colourOf: (grey: number) => readonly [number, number, number]): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, grey) => {
    const [red, green, blue] = colourOf(grey);
    return (0xff000000 | (blue << 16) | (green << 8) | red) >>> 0;
  });
}

export const GREYS = wordsOf((grey) => [grey, grey, grey]);

/** Sixteen times the weighted mean of a pixel's neighbourhood: 1 2 1, 2 4 2, 1 2 1. */
function neighbourhood(greys: Uint8Array, width: number, height: number, x: number, y: number): number {
  const left = x > 0 ? -1 : 0;
  const right = x < width - 1 ? 1 : 0;
  const row = y * width + x;
  const above = y > 0 ? row - width : row;
  const below = y < height - 1 ? row + width : row;
  return (
    rowSum(greys, above, left, right) +
    2 * rowSum(greys, row, left, right) +
    rowSum(greys, below, left, right)
  );
}

function rowSum(greys: Uint8Array, at: number, left: number, right: number): number {
  return (greys[at + left] as number) + 2 * (greys[at] as number) + (greys[at + right] as number);
}

/** The weighted mean itself, or the pixel moved away from it by as much as it differs. */
export function filtered(greys: Uint8Array, width: number, height: number, filter: Filter): Uint8Array {
  if (filter === "none") return greys;
  const out = new Uint8ClampedArray(greys.length);
  const own = filter === "sharpen" ? 32 : 0;
  const sign = filter === "sharpen" ? -1 : 1;
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const sum = own * (greys[i] as number) + sign * neighbourhood(greys, width, height, x, y);
      out[i] = (sum + 8) >> 4;
    }
  }
  return new Uint8Array(out.buffer);
}
