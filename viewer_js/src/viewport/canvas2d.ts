/** Draws with Canvas2D alone: one table look-up a pixel, then the browser's own smooth scaling. */

import type { Affine, Size } from "./geometry";
import type { Picture, Renderer } from "./renderer";
import { fillTable, type GreyScale, paint, patternsOf, sameGrey, TABLE_SIZE, type Window } from "./window";

type StoredPicture = Extract<Picture, { kind: "stored" }>;
type BitmapPicture = Extract<Picture, { kind: "bitmap" }>;

interface TableState {
  scale: GreyScale;
  window: Window;
  bits: 8 | 16;
}

export class Canvas2DRenderer implements Renderer {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  /** the windowed image in its own pixels; panning and zooming draw it again as it is */
  readonly #layer = document.createElement("canvas");
  /** the same for pictures of 8 bits under another window; they are read back */
  readonly #toned = document.createElement("canvas");
  readonly #table = new Uint32Array(TABLE_SIZE);
  #tableState: TableState | null = null;
  #layerShows: Picture | null = null;
  #data: ImageData | null = null;

  constructor(canvas: HTMLCanvasElement) {
    const context = canvas.getContext("2d", { alpha: false });
    if (!context) throw new Error("this browser has no canvas");
    this.#canvas = canvas;
    this.#context = context;
  }

  draw(picture: Picture | null, toDevice: Affine, size: Size): void {
    if (this.#canvas.width !== size.width) this.#canvas.width = size.width;
    if (this.#canvas.height !== size.height) this.#canvas.height = size.height;
    const context = this.#context;
    context.resetTransform();
    context.fillStyle = "#000";
    context.fillRect(0, 0, size.width, size.height);
    if (!picture) return;
    const source = this.#sourceOf(picture);
    const { width, height } = picture.plane;
    const { a, b, c, d, e, f } = toDevice;
    context.setTransform(a, b, c, d, e, f);
    context.imageSmoothingEnabled = true;
    context.imageSmoothingQuality = "high";
    context.drawImage(source, 0, 0, width, height);
    if (picture.kind === "bitmap" && picture.invert) this.#invert(width, height);
  }

  #invert(width: number, height: number): void {
    const context = this.#context;
    context.globalCompositeOperation = "difference";
    context.fillStyle = "#fff";
    context.fillRect(0, 0, width, height);
    context.globalCompositeOperation = "source-over";
  }

  #sourceOf(picture: Picture): CanvasImageSource {
    if (picture.kind === "bitmap" && !picture.tones) return picture.bitmap;
    const layer = picture.kind === "stored" ? this.#layer : this.#toned;
    if (this.#layerShows && samePixels(this.#layerShows, picture)) return layer;
    if (picture.kind === "stored") this.#paintStored(picture);
    else this.#paintToned(picture);
    this.#layerShows = picture;
    return layer;
  }

  #paintStored({ values, plane, scale, window }: StoredPicture): void {
    const data = this.#layerData(plane);
    this.#prepareTable(scale, window, values.BYTES_PER_ELEMENT === 1 ? 8 : 16);
    paint(patternsOf(values), this.#table, new Uint32Array(data.data.buffer));
    this.#layer.getContext("2d")?.putImageData(data, 0, 0);
  }

  #prepareTable(scale: GreyScale, window: Window, bits: 8 | 16): void {
    const now = this.#tableState;
    if (now && now.bits === bits && now.window === window && sameGrey(now.scale, scale)) return;
    fillTable(this.#table, scale, window, bits);
    this.#tableState = { scale, window, bits };
  }

  #paintToned({ bitmap, tones }: BitmapPicture): void {
    this.#toned.width = bitmap.width;
    this.#toned.height = bitmap.height;
    const context = this.#toned.getContext("2d", { willReadFrequently: true });
    if (!context || !tones) return;
    context.drawImage(bitmap, 0, 0);
    const data = context.getImageData(0, 0, bitmap.width, bitmap.height);
    const bytes = data.data;
    for (let i = 0; i < bytes.length; i += 4) {
      const grey = tones[bytes[i] as number] as number;
      bytes[i] = grey;
      bytes[i + 1] = grey;
      bytes[i + 2] = grey;
    }
    context.putImageData(data, 0, 0);
  }

  #layerData({ width, height }: Size): ImageData {
    if (this.#layer.width !== width) this.#layer.width = width;
    if (this.#layer.height !== height) this.#layer.height = height;
    if (this.#data?.width !== width || this.#data.height !== height)
      this.#data = new ImageData(width, height);
    return this.#data;
  }
}

/** The layer holds exactly this already. */
function samePixels(one: Picture, other: Picture): boolean {
  if (one.kind === "stored" && other.kind === "stored") {
    return one.values === other.values && one.window === other.window && sameGrey(one.scale, other.scale);
  }
  if (one.kind === "bitmap" && other.kind === "bitmap") {
    return one.bitmap === other.bitmap && one.tones === other.tones;
  }
  return false;
}
