/** One series shown in planes: what is looked at, how, and with which tool. Signals, so that pictures follow. */

import { batch, computed, signal } from "@preact/signals";
import { isAbort, isBrokenLine, sentenceOf } from "../api/http";
import type { Stack } from "../stream/stack";
import { presetsOf } from "../viewport/presets";
import type { Window } from "../viewport/window";
import type { Box } from "./box";
import { Curve } from "./curve";
import type { Quality } from "./feed";
import { Measures } from "./measures";
import {
  type Acquired,
  acquiredOf,
  atPlace,
  imageAt,
  type Standing,
  standingOf,
  stepped,
  trioFor,
} from "./places";
import { askVolume, type SlabMode, type Source, type VolumeFacts } from "./server";
import { type PlaneName, startingTrio, type Trio } from "./trio";

export type CellName = PlaneName | "last";
export const CELLS: readonly CellName[] = ["axial", "coronal", "sagittal", "last"];

export type PlaneToolId =
  | "angle"
  | "cross"
  | "curve"
  | "ellipse"
  | "length"
  | "pan"
  | "probe"
  | "scroll"
  | "window"
  | "zoom";

export type Loading =
  | { readonly state: "loading"; readonly progress: number }
  | { readonly state: "ready" }
  | { readonly state: "refused"; readonly reason: string };

const ASK_AGAIN = 300;
const MOST_FAILURES = 5;
export const THICKEST = 60;
export const [SMALLEST_ZOOM, LARGEST_ZOOM] = [0.25, 30];

/** Of the three-dimensional picture; Hounsfield presets only for values in Hounsfield. */
export function presetsFor({ presets, unit }: VolumeFacts): readonly string[] {
  return presets ?? (unit === "HU" ? ["bone", "angio", "soft", "lung", "mip"] : ["mip", "mr"]);
}

export class VolumeSession {
  readonly stack: Stack;
  readonly source: Source;
  readonly csrf: string;
  readonly loading = signal<Loading>({ state: "loading", progress: 0 });
  readonly facts = signal<VolumeFacts | null>(null);
  readonly trio = signal<Trio>(startingTrio([0, 0, 0]));
  readonly zoom = signal(1);
  readonly slab = signal(0);
  readonly mode = signal<SlabMode>("max");
  readonly window = signal<Window>({ center: 40, width: 400, function: "LINEAR" });
  readonly invert = signal(false);
  readonly tool = signal<PlaneToolId>("cross");
  readonly active = signal<CellName>("axial");
  readonly alone = signal<CellName | null>(null);
  /** what the fourth cell shows */
  readonly last = signal<"curved" | "rendering">("rendering");
  readonly preset = signal("bone");
  /** from where the body is seen, in degrees, and how near */
  readonly azimuth = signal(0);
  readonly elevation = signal(0);
  readonly bodyZoom = signal(1);
  readonly showsLines = signal(true);
  readonly curve = new Curve();
  readonly measures = new Measures();
  /** how good the picture is that each cell shows */
  readonly pictures = new Map<CellName, Quality>();
  /** grows whenever the server's pictures have to be asked for anew */
  readonly renewals = signal(0);
  readonly #controller = new AbortController();

  readonly box = computed<Box | null>(() => this.facts.value?.box ?? null);

  /** the images of the series in the block, by which planes that lie on them are numbered and scrolled */
  readonly acquired = computed<Acquired | null>(() =>
    this.box.value ? acquiredOf(this.stack.frames, this.box.value) : null,
  );

  readonly #shown: number | null;
  readonly #taking: (take: () => void) => void;

  /** `shown`: the image on the screen, where it begins; `taking`: around what changes when the volume has come. */
  constructor(
    stack: Stack,
    csrf: string,
    shown: number | null = null,
    taking: (take: () => void) => void = (take) => take(),
  ) {
    this.#shown = shown;
    this.#taking = taking;
    this.stack = stack;
    this.csrf = csrf;
    this.source = { studyKey: stack.studyKey, seriesId: stack.series.id };
    void this.load();
  }

  stop(): void {
    this.#controller.abort();
  }

  /** Asks until the volume is there; a server that is busy, or a broken line, gets some more tries. */
  async load(): Promise<void> {
    const { signal: aborted } = this.#controller;
    let failures = 0;
    while (!aborted.aborted) {
      try {
        const answer = await askVolume(this.source, aborted);
        if (typeof answer !== "number") return this.#taking(() => this.#take(answer));
        failures = 0;
        this.loading.value = { state: "loading", progress: answer };
      } catch (error) {
        if (isAbort(error)) return;
        failures++;
        if (!isBrokenLine(error) || failures > MOST_FAILURES) return this.#refuse(error);
      }
      await new Promise((go) => setTimeout(go, ASK_AGAIN * (1 + 4 * failures)));
    }
  }

  #refuse(error: unknown): void {
    this.loading.value = { state: "refused", reason: sentenceOf(error) };
  }

  reset(): void {
    const [facts, acquired] = [this.facts.peek(), this.acquired.peek()];
    if (!facts || !acquired) return;
    batch(() => {
      this.trio.value = trioFor(facts.box, this.stack.frames, acquired, this.#shown);
      this.zoom.value = 1;
      this.slab.value = 0;
      this.invert.value = false;
      this.window.value = this.#firstWindow(facts);
      this.measures.clear();
      this.curve.clear();
    });
  }

  change(make: (trio: Trio, box: Box) => Trio): void {
    const box = this.box.peek();
    if (box) this.trio.value = make(this.trio.peek(), box);
  }

  /** Reads, for what is drawn, where a plane stands. */
  standingOf(name: PlaneName): Standing | null {
    const [box, acquired] = [this.box.value, this.acquired.value];
    return box && acquired && standingOf(this.trio.value, name, box, acquired);
  }

  scroll(name: PlaneName, steps: number): void {
    const acquired = this.acquired.peek();
    if (acquired) this.change((trio, box) => stepped(trio, name, steps, box, acquired));
  }

  /** To a place of its slider, from 1. */
  goTo(name: PlaneName, place: number): void {
    const acquired = this.acquired.peek();
    if (acquired) this.change((trio, box) => atPlace(trio, name, place, box, acquired));
  }

  zoomBy(factor: number): void {
    this.zoom.value = Math.min(LARGEST_ZOOM, Math.max(SMALLEST_ZOOM, this.zoom.peek() * factor));
  }

  thicken(millimetres: number): void {
    this.slab.value = Math.min(THICKEST, Math.max(0, Math.round(this.slab.peek() + millimetres)));
  }

  nextMode(): void {
    const next: Record<SlabMode, SlabMode> = { max: "mean", mean: "min", min: "max" };
    this.mode.value = next[this.mode.peek()];
  }

  toggleLines(): void {
    this.showsLines.value = !this.showsLines.peek();
  }

  toggleInvert(): void {
    this.invert.value = !this.invert.peek();
  }

  /** The straightened picture takes the place of the three-dimensional one. */
  toggleCurve(): void {
    batch(() => {
      const isCurved = this.last.peek() === "curved";
      this.last.value = isCurved ? "rendering" : "curved";
      this.tool.value = isCurved ? "cross" : "curve";
      this.alone.value = null;
    });
  }

  /** The last point of the curve being placed, else the last measurement. */
  takeBack(): void {
    if (this.last.peek() === "curved" && this.curve.points.peek().length > 0) this.curve.removeLast();
    else this.measures.undo();
  }

  /** By its place in the list of presets, from 0; the first is the file's own. */
  choosePreset(place: number): void {
    const facts = this.facts.peek();
    if (!facts) return;
    const preset = presetsOf(this.stack.series.modality, facts.unit, [])[place];
    if (preset) this.window.value = preset.window ?? this.#firstWindow(facts);
  }

  /** Alone on the stage, or all four again. */
  toggleAlone(cell: CellName): void {
    this.alone.value = this.alone.peek() === cell ? null : cell;
  }

  /** The image of the series that lies nearest to the focus. */
  nearestImage(): number {
    const [acquired, shown] = [this.acquired.peek(), this.#shown ?? this.stack.start];
    return acquired ? imageAt(this.trio.peek(), this.stack.frames, acquired, shown) : shown;
  }

  #take(facts: VolumeFacts): void {
    batch(() => {
      const isFirst = this.facts.peek() === null;
      this.facts.value = facts;
      if (isFirst) this.reset();
      if (isFirst) this.preset.value = presetsFor(facts)[0] ?? "";
      this.loading.value = { state: "ready" };
      this.renewals.value++;
    });
  }

  #firstWindow({ range, windows }: VolumeFacts): Window {
    const [window] = windows;
    if (window) return { ...window, function: "LINEAR" };
    const [low, high] = range;
    return { center: (low + high) / 2, width: Math.max(1, high - low), function: "LINEAR" };
  }
}
