/** One viewport: which frame, how placed, which window. Signals, so that drawing and corner texts follow. */

import { batch, computed, signal } from "@preact/signals";
import type { Point } from "../annotations/model";
import type { View } from "../api/viewer_app";
import type { Quality } from "../stream/frame_cache";
import { isHuge, type PartWish, partSeen } from "../stream/parts";
import type { Need } from "../stream/plan";
import type { Frame, Stack } from "../stream/stack";
import type { Filter } from "./finish";
import {
  type Affine,
  aspectOf,
  fitScale,
  type ImagePlane,
  imageToScreen,
  MAXIMUM_ZOOM,
  MINIMUM_ZOOM,
  middleOf,
  type Placement,
  panned,
  type Rotation,
  type Size,
  zoomedAt,
} from "./geometry";
import { ownWindow } from "./own_windows";
import type { StateTables } from "./picture";
import type { Picture } from "./renderer";
import { devicePerMillimetre, zoomOfMillimetres, zoomOfPixels } from "./true_size";
import type { ValuesWish } from "./values_wish";
import type { Window } from "./window";

const NOTHING: ImagePlane = { columns: 1, rows: 1, aspect: 1 };
/** A stack that moved less long ago than this is still being scrolled. */
const SETTLES_AFTER = 90;

interface Adjustment {
  readonly zoom: number;
  /** null: the image's own middle */
  readonly centre: Point | null;
  readonly rotation: Rotation;
  readonly flip: boolean;
}

const FITTED: Adjustment = { zoom: 1, centre: null, rotation: 0, flip: false };

export class ViewportModel {
  readonly stack = signal<Stack | null>(null);
  readonly index = signal(0);
  /** set by hand, for all images; null: `windowFor`, else the image's own */
  readonly window = signal<Window | null>(null);
  /** which of the image's own windows and tables is wanted; each image has its own */
  readonly ownChoice = signal(0);
  /** what a presentation state says of each image */
  readonly windowFor = signal<((frame: Frame) => Window | null) | null>(null);
  readonly invert = signal(false);
  /** the tables that it has for each image */
  readonly tablesFor = signal<((frame: Frame) => StateTables | null) | null>(null);
  /** one of colour_maps.ts; "" is grey */
  readonly colourMap = signal("");
  readonly filter = signal<Filter>("none");
  /** what was drawn last */
  readonly shown = signal<Picture | null>(null);
  /** somebody waits for the values of what is shown: values_wish.ts */
  readonly valuesWish = signal<ValuesWish | null>(null);
  /** where a lens is held, and two corners of a rectangle being drawn; CSS pixels */
  readonly lens = signal<Point | null>(null);
  readonly rubber = signal<readonly [Point, Point] | null>(null);
  /** CSS pixels */
  readonly size = signal<Size>({ width: 0, height: 0 });
  readonly quality = signal<Quality>("none");
  /** why the frame will never be shown */
  readonly reason = signal<string | null>(null);
  /** what is on the screen when no window was chosen */
  readonly ownWindow = signal<Window | null>(null);
  readonly #adjustment = signal<Adjustment>(FITTED);
  #direction: 1 | -1 = 1;
  #scrolledAt = Number.NEGATIVE_INFINITY;

  readonly frame = computed<Frame | null>(() => this.stack.value?.frames[this.index.value] ?? null);

  readonly plane = computed<ImagePlane>(() => {
    const frame = this.frame.value;
    if (!frame) return NOTHING;
    const { rows, columns, aspect } = frame.instance;
    return { rows, columns, aspect: aspectOf({ spacing: frame.spacing, aspect }) };
  });

  readonly placement = computed<Placement>(() => {
    const { centre, ...rest } = this.#adjustment.value;
    return { ...rest, centre: centre ?? middleOf(this.plane.value) };
  });

  /** image coordinates to CSS pixels of the viewport */
  readonly toScreen = computed<Affine>(() =>
    imageToScreen(this.plane.value, this.size.value, this.placement.value),
  );

  /** for the frame on the screen; null: as the image is shown by itself */
  readonly wishedWindow = computed<Window | null>(() => {
    const frame = this.frame.value;
    const said = this.window.value ?? (frame && this.windowFor.value?.(frame));
    return said ?? ownWindow(frame, this.ownChoice.value);
  });

  /** of a presentation state, for the frame on the screen */
  readonly tables = computed<StateTables | null>(() => {
    const frame = this.frame.value;
    return (frame && this.tablesFor.value?.(frame)) ?? null;
  });

  /** In numbers; of a table they are those the image would have without it. */
  readonly shownWindow = computed<Window | null>(() => {
    const wished = this.wishedWindow.value;
    return wished && wished.table === undefined ? wished : this.ownWindow.value;
  });

  /** One of the windows that each image of the series brings along; 0 is the first. */
  chooseOwn(choice: number): void {
    batch(() => {
      this.window.value = null;
      this.windowFor.value = null;
      this.ownChoice.value = choice;
    });
  }

  /** Another series starts with its own window, fitted. */
  show(stack: Stack, index = stack.start): void {
    batch(() => {
      if (this.stack.peek() !== stack) this.reset();
      this.stack.value = stack;
      this.index.value = index;
    });
  }

  /** The same series, grown meanwhile: the frame that is shown stays. */
  renew(stacks: readonly Stack[]): void {
    const now = this.stack.peek();
    const shown = this.frame.peek();
    const grown = stacks.find(({ id }) => id === now?.id);
    if (!grown || grown === now) return;
    batch(() => {
      this.stack.value = grown;
      this.index.value = Math.max(
        0,
        grown.frames.findIndex(({ key }) => key === shown?.key),
      );
    });
  }

  clear(): void {
    this.stack.value = null;
  }

  scrollTo(index: number): void {
    const last = (this.stack.peek()?.frames.length ?? 1) - 1;
    const wanted = Math.min(last, Math.max(0, Math.round(index)));
    const now = this.index.peek();
    if (wanted === now) return;
    this.#direction = wanted > now ? 1 : -1;
    this.#scrolledAt = performance.now();
    this.index.value = wanted;
  }

  scrollBy(frames: number): void {
    this.scrollTo(this.index.peek() + frames);
  }

  place(change: (placement: Placement) => Placement): void {
    this.#adjustment.value = change(this.placement.peek());
  }

  zoomAt(screen: Point, factor: number): void {
    this.place((now) => zoomedAt(this.plane.peek(), this.size.peek(), now, screen, factor));
  }

  zoomBy(factor: number): void {
    const { width, height } = this.size.peek();
    this.zoomAt([width / 2, height / 2], factor);
  }

  pan(dx: number, dy: number): void {
    this.place((now) => panned(this.plane.peek(), this.size.peek(), now, dx, dy));
  }

  /** Fits and centres; rotation and flip stay. */
  fit(): void {
    this.place(({ rotation, flip }) => ({ zoom: 1, centre: middleOf(this.plane.peek()), rotation, flip }));
  }

  /** One image column on one pixel of the screen. */
  showPixels(pixelRatio: number): void {
    this.#zoomTo(zoomOfPixels({ fitScale: this.#fitScale(), pixelRatio }));
  }

  /** As large as in life; false where the image does not know its size or the screen was not measured. */
  showTrueSize(pixelRatio: number): boolean {
    const perMillimetre = devicePerMillimetre.peek();
    const spacing = this.frame.peek()?.spacing;
    if (perMillimetre === null || !spacing) return false;
    this.#zoomTo(zoomOfMillimetres({ fitScale: this.#fitScale(), pixelRatio }, spacing[1], perMillimetre));
    return true;
  }

  #fitScale(): number {
    return fitScale(this.plane.peek(), this.size.peek(), this.placement.peek().rotation);
  }

  #zoomTo(zoom: number): void {
    this.place((now) => ({ ...now, zoom: Math.min(MAXIMUM_ZOOM, Math.max(MINIMUM_ZOOM, zoom)) }));
  }

  /** Everything as the file has it. */
  reset(): void {
    batch(() => {
      this.#adjustment.value = FITTED;
      this.chooseOwn(0);
      this.tablesFor.value = null;
      this.invert.value = false;
      this.colourMap.value = "";
      this.filter.value = "none";
    });
  }

  /** Reads, for an effect, everything need() depends on. */
  watch(): void {
    void [this.frame.value, this.wishedWindow.value, this.size.value];
    if (this.frame.value && isHuge(this.frame.value)) void this.toScreen.value;
  }

  /** Of a large image what is on the screen, and how finely; null for others. */
  partSeen(pixelRatio: number): PartWish | null {
    const frame = this.frame.peek();
    if (!frame || !isHuge(frame)) return null;
    const { width, height } = this.size.peek();
    const { a, b, c, d, e, f } = this.toScreen.peek();
    const r = pixelRatio;
    const toDevice = { a: a * r, b: b * r, c: c * r, d: d * r, e: e * r, f: f * r };
    const plane = { width: frame.instance.columns, height: frame.instance.rows };
    return partSeen(plane, toDevice, { width: width * r, height: height * r });
  }

  need(pixelRatio: number): Need | null {
    const stack = this.stack.peek();
    const frame = this.frame.peek();
    if (!stack || !frame) return null;
    const { width, height } = this.size.peek();
    const { rows, columns } = frame.instance;
    const box = {
      width: Math.max(1, Math.min(columns, Math.round(width * pixelRatio))),
      height: Math.max(1, Math.min(rows, Math.round(height * pixelRatio))),
    };
    const settled = performance.now() - this.#scrolledAt >= SETTLES_AFTER;
    const place = { stack, index: this.index.peek(), direction: this.#direction };
    return { ...place, window: this.wishedWindow.peek(), box, settled, part: this.partSeen(pixelRatio) };
  }

  view(): View | null {
    const frame = this.frame.value;
    const stack = this.stack.value;
    if (!frame || !stack) return null;
    const { zoom, centre, rotation, flip } = this.placement.value;
    const window = this.window.value ?? this.windowFor.value?.(frame);
    return {
      study_id: frame.studyId,
      series_instance_uid: stack.series.series_instance_uid,
      sop_instance_uid: frame.instance.sop_instance_uid,
      frame_number: frame.number,
      window: window ? { center: window.center, width: window.width, function: window.function } : null,
      own_window: this.ownChoice.value,
      zoom,
      centre: [centre[0], centre[1]],
      rotation,
      flip,
      invert: this.invert.value,
      colour_map: this.colourMap.value,
      filter: this.filter.value,
    };
  }

  apply(view: View, stack: Stack, index: number): void {
    batch(() => {
      this.show(stack, index);
      const { zoom, centre, rotation, flip } = view;
      this.#adjustment.value = { zoom, centre, rotation, flip };
      const kind = this.frame.peek()?.windows[0]?.function ?? "LINEAR";
      const { window } = view;
      this.chooseOwn(view.own_window ?? 0);
      this.window.value = window ? { ...window, function: window.function ?? kind } : null;
      this.tablesFor.value = null;
      this.invert.value = view.invert;
      this.colourMap.value = view.colour_map ?? "";
      this.filter.value = view.filter ?? "none";
    });
  }
}
