/** One viewport on the page: its canvas and its layer of marks, drawn when something changed. */

import { effect } from "@preact/signals";
import { reached } from "../stream/milestones";
import type { Frame } from "../stream/stack";
import { markHands } from "../tools/mark_hands";
import { Canvas2DRenderer } from "./canvas2d";
import { finishOf } from "./finishes";
import { FirstPicture } from "./first_picture";
import { graphics } from "./graphics";
import type { MarksLayer } from "./marks_layer";
import type { ViewportModel } from "./model";
import { pictureOf } from "./picture";
import type { Renderer } from "./renderer";
import { serveValues } from "./values_wish";
import type { Workspace } from "./workspace";

export class ViewportScreen {
  readonly #surface: HTMLElement;
  readonly #svg: SVGSVGElement;
  readonly #renderer: Renderer;
  readonly #first: FirstPicture;
  readonly #model: ViewportModel;
  readonly #workspace: Workspace;
  readonly #stops: (() => void)[];
  #marks: MarksLayer | null = null;
  #isAsked = false;

  constructor(
    elements: { surface: HTMLElement; canvas: HTMLCanvasElement; svg: SVGSVGElement },
    model: ViewportModel,
    workspace: Workspace,
  ) {
    this.#surface = elements.surface;
    this.#svg = elements.svg;
    this.#renderer = new Canvas2DRenderer(elements.canvas, { quicker: () => graphics.painter, moves: true });
    this.#first = new FirstPicture(elements.canvas);
    this.#model = model;
    this.#workspace = workspace;
    const observer = new ResizeObserver(() => this.#measure());
    observer.observe(this.#surface);
    this.#measure();
    this.#stops = [() => observer.disconnect(), effect(() => this.#watch()), serveValues(workspace, model)];
  }

  stop(): void {
    for (const stop of this.#stops) stop();
    this.#renderer.stop();
  }

  #measure(): void {
    const { clientWidth: width, clientHeight: height } = this.#surface;
    const { size } = this.#model;
    if (size.peek().width !== width || size.peek().height !== height) size.value = { width, height };
  }

  /** Reads whatever the picture depends on, and asks for one drawing however much of it changed. */
  #watch(): void {
    const { frame, toScreen, wishedWindow: window, tables, invert, colourMap, filter } = this.#model;
    const { desk, arrivals, remotePointers } = this.#workspace;
    void [frame.value, toScreen.value, window.value, invert.value, arrivals.value, remotePointers.value];
    void [finishOf(colourMap.value, filter.value), graphics.changes.value, tables.value];
    void [
      desk.all.value,
      desk.draft.value,
      desk.unsaved.value,
      desk.typing.value,
      desk.selectedId.value,
      desk.sketches.current.value,
      desk.hidden.value,
      // marks are drawn once what draws them has come
      markHands.here,
    ];
    if (this.#isAsked) return;
    this.#isAsked = true;
    requestAnimationFrame(() => {
      this.#isAsked = false;
      this.#draw();
    });
  }

  #draw(): void {
    const frame = this.#model.frame.peek();
    const { width, height } = this.#model.size.peek();
    const ratio = devicePixelRatio;
    const size = { width: Math.round(width * ratio), height: Math.round(height * ratio) };
    const { a, b, c, d, e, f } = this.#model.toScreen.peek();
    const toDevice = { a: a * ratio, b: b * ratio, c: c * ratio, d: d * ratio, e: e * ratio, f: f * ratio };
    const picture = frame && this.#picture(frame);
    this.#renderer.draw(picture, toDevice, size);
    this.#first.drawn(frame, picture !== null || this.#model.reason.peek() !== null);
    this.#model.shown.value = picture;
    if (picture) reached("first-image");
    if (frame) this.#workspace.reading.saw(frame, this.#model.quality.peek());
    if (picture && this.#model.quality.peek() === "full") reached("first-full-image");
    this.#drawMarks(frame);
  }

  #picture(frame: Frame) {
    const { store } = this.#workspace;
    const entry = store.entry(frame);
    const { wishedWindow: window, tables, invert, colourMap, filter } = this.#model;
    const finish = finishOf(colourMap.peek(), filter.peek());
    const part = this.#model.partSeen(devicePixelRatio);
    const look = { window: window.peek(), invert: invert.peek(), finish, tables: tables.peek(), part };
    const shown = pictureOf(frame, entry, look);
    if (shown.quality === "none") store.wantPreview(frame);
    this.#model.quality.value = shown.quality;
    this.#model.reason.value = entry.reason;
    this.#model.ownWindow.value = shown.ownWindow;
    return shown.picture;
  }

  #drawMarks(frame: Frame | null): void {
    const { desk, remotePointers } = this.#workspace;
    const hands = markHands.peek();
    if (hands) {
      this.#marks ??= new hands.MarksLayer(this.#svg, this.#model, this.#workspace);
      this.#marks.draw(frame);
    } else if (frame && (desk.on(frame).length > 0 || remotePointers.peek().length > 0)) markHands.want();
  }
}
