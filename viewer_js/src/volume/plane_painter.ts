/** Paints a plane's canvas when something it depends on has changed, at most once a drawn frame. */

import { effect, type ReadonlySignal } from "@preact/signals";
import { Canvas2DRenderer } from "../viewport/canvas2d";
import { PLAIN } from "../viewport/finish";
import type { Affine } from "../viewport/geometry";
import type { Picture } from "../viewport/renderer";
import { tonesBetween, type Window } from "../viewport/window";
import { type Projection, rasterToScreen } from "./projection";
import type { PlanePicture } from "./server";
import type { VolumeSession } from "./session";

/** What is painted: a plane, or the straightened sheet of a curve. */
export interface Painted {
  readonly picture: ReadonlySignal<PlanePicture | null>;
  readonly projection: ReadonlySignal<Projection | null>;
  /** how many pictures have come so far */
  readonly shown: number;
}

type Toned = { readonly made: Window; readonly wanted: Window; readonly tones: Uint8Array | null };

export class PlanePainter {
  readonly #canvas: HTMLCanvasElement;
  readonly #renderer: Canvas2DRenderer;
  readonly #model: Painted;
  readonly #session: VolumeSession;
  readonly #stop: () => void;
  #isAsked = false;
  #toned: Toned | null = null;

  constructor(canvas: HTMLCanvasElement, model: Painted, session: VolumeSession) {
    this.#canvas = canvas;
    this.#renderer = new Canvas2DRenderer(canvas);
    this.#model = model;
    this.#session = session;
    this.#stop = effect(() => this.#watch());
  }

  stop(): void {
    this.#stop();
  }

  #watch(): void {
    const { picture, projection } = this.#model;
    const { window, invert } = this.#session;
    void [picture.value, projection.value, window.value, invert.value];
    if (this.#isAsked) return;
    this.#isAsked = true;
    requestAnimationFrame(() => {
      this.#isAsked = false;
      this.#draw();
    });
  }

  #draw(): void {
    const projection = this.#model.projection.peek();
    const picture = this.#model.picture.peek();
    if (!projection) return;
    const ratio = devicePixelRatio;
    const { width, height } = projection.size;
    const size = { width: Math.round(width * ratio), height: Math.round(height * ratio) };
    const map = picture ? rasterToScreen(picture.raster, projection) : UNMOVED;
    this.#renderer.draw(picture && this.#drawable(picture), scaled(map, ratio), size);
    this.#canvas.dataset.shown = String(this.#model.shown);
  }

  #drawable(picture: PlanePicture): Picture {
    const [window, invert] = [this.#session.window.peek(), this.#session.invert.peek()];
    const { slope, intercept, inverse } = this.#session.facts.peek() ?? ORDINARY;
    const common = { plane: picture.raster.size, finish: PLAIN } as const;
    if (picture.kind === "full") {
      const scale = { slope, intercept, signed: true, padding: null, inverse: inverse !== invert };
      return { kind: "stored", values: picture.values, scale, window, ...common };
    }
    const tones = this.#tones(picture.window, window, inverse);
    return { kind: "bitmap", bitmap: picture.bitmap, invert, isGrey: true, tones, ...common };
  }

  /** One table for each pair of windows, so that the renderer may compare it. */
  #tones(made: Window, wanted: Window, inverse: boolean): Uint8Array | null {
    if (made === wanted) return null;
    if (this.#toned?.made !== made || this.#toned.wanted !== wanted) {
      this.#toned = { made, wanted, tones: tonesBetween(made, wanted, inverse, inverse) };
    }
    return this.#toned.tones;
  }
}

const ORDINARY = { slope: 1, intercept: 0, inverse: false };
const UNMOVED: Affine = { a: 1, b: 0, c: 0, d: 1, e: 0, f: 0 };

function scaled({ a, b, c, d, e, f }: Affine, by: number): Affine {
  return { a: a * by, b: b * by, c: c * by, d: d * by, e: e * by, f: f * by };
}
