/** Paints without any graphics hardware; the same picture, window and part is painted once. */

import { filtered } from "./finish";
import {
  bitsOf,
  type Painted,
  type Painter,
  paletteOf,
  reduced,
  type StoredPicture,
  sameLook,
} from "./painter";
import { cellsOf, holds, type Region } from "./region";
import { fillGreys, type GreyScale, patternsOf, sameGrey, TABLE_SIZE, type Window } from "./window";

interface GreyState {
  readonly scale: GreyScale;
  readonly window: Window;
  readonly bits: 8 | 16;
}

/** One grey for each 16-bit pattern, made anew when the window or the modality LUT changes. */
export class GreyTable {
  readonly greys = new Uint8Array(TABLE_SIZE);
  #state: GreyState | null = null;

  /** The next prepare() makes it anew. */
  forget(): void {
    this.#state = null;
  }

  /** True: the table has changed. */
  prepare({ scale, window, values }: StoredPicture): boolean {
    const bits = bitsOf(values);
    const now = this.#state;
    if (now && now.bits === bits && now.window === window && sameGrey(now.scale, scale)) return false;
    fillGreys(this.greys, scale, window, bits);
    this.#state = { scale, window, bits };
    return true;
  }
}

export class CpuPainter implements Painter {
  readonly #layer = document.createElement("canvas");
  readonly #table = new GreyTable();
  /** the table with the palette behind it, for pictures painted pixel by pixel */
  readonly #words = new Uint32Array(TABLE_SIZE);
  #wordsOf: Uint32Array | null = null;
  #done: { picture: StoredPicture; region: Region } | null = null;
  #data: ImageData | null = null;

  paint(picture: StoredPicture, wanted: Region): Painted {
    const now = this.#done;
    const isDone =
      now?.picture.values === picture.values && sameLook(now.picture, picture) && holds(now.region, wanted);
    if (!isDone) this.#fill(picture, wanted);
    const region = isDone ? now.region : wanted;
    this.#done = { picture, region };
    return { source: this.#layer, region };
  }

  #fill(picture: StoredPicture, region: Region): void {
    const data = this.#dataFor(region);
    const out = new Uint32Array(data.data.buffer);
    const hasNewGreys = this.#table.prepare(picture);
    if (region.reduction === 1 && picture.finish.filter === "none")
      this.#straight(picture, region, out, hasNewGreys);
    else this.#throughGreys(picture, region, out);
    this.#layer.getContext("2d")?.putImageData(data, 0, 0);
  }

  #straight(picture: StoredPicture, region: Region, out: Uint32Array, hasNewGreys: boolean): void {
    const palette = paletteOf(picture.finish);
    const words = this.#words;
    const { greys } = this.#table;
    if (hasNewGreys || this.#wordsOf !== palette) {
      for (let i = 0; i < TABLE_SIZE; i++) words[i] = palette[greys[i] as number] as number;
      this.#wordsOf = palette;
    }
    const patterns = patternsOf(picture.values);
    const { x, y, width, height } = region;
    for (let row = 0, i = 0; row < height; row++) {
      let at = (y + row) * picture.plane.width + x;
      for (const end = at + width; at < end; at++, i++) out[i] = words[patterns[at] as number] as number;
    }
  }

  #throughGreys(picture: StoredPicture, region: Region, out: Uint32Array): void {
    // the words are of an older window from here on
    this.#wordsOf = null;
    const cells = cellsOf(region);
    const patterns = patternsOf(picture.values);
    const plain = reduced(patterns, this.#table.greys, picture.plane.width, region, cells);
    const greys = filtered(plain, cells.width, cells.height, picture.finish.filter);
    const palette = paletteOf(picture.finish);
    for (let i = 0; i < greys.length; i++) out[i] = palette[greys[i] as number] as number;
  }

  #dataFor(region: Region): ImageData {
    const { width, height } = cellsOf(region);
    if (this.#layer.width !== width) this.#layer.width = width;
    if (this.#layer.height !== height) this.#layer.height = height;
    if (this.#data?.width !== width || this.#data.height !== height)
      this.#data = new ImageData(width, height);
    return this.#data;
  }
}
