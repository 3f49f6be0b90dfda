/**
 * Draws into a viewport's canvas: the painted part of the image under one affine map, scaled smoothly by the browser.
 * Whoever painted it, geometry and interpolation are these; so pixel centres are fixed here, once.
 */

import { placed } from "../stream/parts";
import { BitmapPainter, invertsItself } from "./bitmap_painter";
import { CpuPainter } from "./cpu_painter";
import type { Affine, Size } from "./geometry";
import type { BitmapPicture, Painter, StoredPicture } from "./painter";
import { regionOf } from "./region";
import type { Picture, Renderer } from "./renderer";

/** A drawing that comes sooner after the last is one of a movement: simpler interpolation, in a fifth of the time. */
const MOVING = 100;
/** Then the picture has come to rest and is drawn as smoothly as the browser can. */
const RESTS = 150;

export interface RendererOptions {
  /** asked first, for as long as there is one */
  readonly quicker?: () => Painter | null;
  /** movements are drawn simply and again at rest; whoever wants this calls stop() at the end */
  readonly moves?: boolean;
}

export class Canvas2DRenderer implements Renderer {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  readonly #cpu = new CpuPainter();
  readonly #bitmaps = new BitmapPainter();
  readonly #quicker: () => Painter | null;
  readonly #moves: boolean;
  #drawnAt = Number.NEGATIVE_INFINITY;
  #resting: ReturnType<typeof setTimeout> | null = null;

  constructor(canvas: HTMLCanvasElement, { quicker = () => null, moves = false }: RendererOptions = {}) {
    const context = canvas.getContext("2d", { alpha: false });
    if (!context) throw new Error("this browser has no canvas");
    this.#canvas = canvas;
    this.#context = context;
    this.#quicker = quicker;
    this.#moves = moves;
  }

  /** Nothing is drawn any more. */
  stop(): void {
    if (this.#resting !== null) clearTimeout(this.#resting);
    this.#resting = null;
  }

  draw(picture: Picture | null, toDevice: Affine, size: Size): void {
    this.stop();
    const now = performance.now();
    const isMoving = this.#moves && now - this.#drawnAt < MOVING;
    this.#drawnAt = now;
    this.#draw(picture, toDevice, size, isMoving ? "low" : "high");
    if (isMoving) this.#resting = setTimeout(() => this.#draw(picture, toDevice, size, "high"), RESTS);
  }

  #draw(picture: Picture | null, toDevice: Affine, size: Size, quality: ImageSmoothingQuality): void {
    if (this.#canvas.width !== size.width) this.#canvas.width = size.width;
    if (this.#canvas.height !== size.height) this.#canvas.height = size.height;
    const context = this.#context;
    context.resetTransform();
    context.fillStyle = "#000";
    context.fillRect(0, 0, size.width, size.height);
    if (!picture) return;
    const to = picture.kind === "stored" && picture.at ? placed(toDevice, picture.at) : toDevice;
    const { a, b, c, d, e, f } = to;
    context.setTransform(a, b, c, d, e, f);
    context.imageSmoothingEnabled = true;
    context.imageSmoothingQuality = quality;
    if (picture.kind === "stored") this.#drawStored(picture, to, size);
    else this.#drawBitmap(picture);
  }

  #drawStored(picture: StoredPicture, toDevice: Affine, size: Size): void {
    const wanted = regionOf(picture.plane, toDevice, size);
    if (!wanted) return;
    const { source, region } = this.#quicker()?.paint(picture, wanted) ?? this.#cpu.paint(picture, wanted);
    const { x, y, width, height, reduction } = region;
    // the last pixel may stand for fewer of the image than the others: so much of it is drawn
    const [across, down] = [width / reduction, height / reduction];
    this.#context.drawImage(source, 0, 0, across, down, x, y, width, height);
  }

  #drawBitmap(picture: BitmapPicture): void {
    const { width, height } = picture.plane;
    this.#context.drawImage(this.#bitmaps.paint(picture), 0, 0, width, height);
    if (picture.invert && !invertsItself(picture)) this.#invert(width, height);
  }

  #invert(width: number, height: number): void {
    const context = this.#context;
    context.globalCompositeOperation = "difference";
    context.fillStyle = "#fff";
    context.fillRect(0, 0, width, height);
    context.globalCompositeOperation = "source-over";
  }
}
