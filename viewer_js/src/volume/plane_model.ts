/** One plane on the screen: how it lies, the picture there is of it, and what the server is asked for. */

import { computed, effect, signal } from "@preact/signals";
import type { Point } from "../annotations/model";
import { isBrokenLine, sentenceOf } from "../api/http";
import type { Vector3 } from "../api/manifest";
import type { Size } from "../viewport/geometry";
import { type Box, finestSpacing, middleOf } from "./box";
import { Feed, type Quality } from "./feed";
import type { Measure } from "./measures";
import { valueLines } from "./plane_values";
import { fittingMillimetres, type Projection, projectionOf, type Raster, toPatient } from "./projection";
import { fetchPlane, isGone, type PlanePicture, type PlaneWish, planeQuery } from "./server";
import type { VolumeSession } from "./session";
import { PLANES, type PlaneName, startingTrio } from "./trio";

const PREVIEW_PIXELS = 256;
const FULL_PIXELS = 1024;
const FEWEST_PIXELS = 8;
const TRY_AGAIN = 2000;

/** The raster that covers a screen with at most so many pixels a side, never finer than the voxels are. */
export function rasterFor(screen: Projection, box: Box, pixels: number, pixelRatio: number): Raster {
  const [across, down] = [screen.size.width * screen.millimetres, screen.size.height * screen.millimetres];
  const millimetres = Math.max(
    screen.millimetres / pixelRatio,
    finestSpacing(box) / 2,
    Math.max(across, down) / pixels,
  );
  const whole = (length: number) =>
    Math.min(pixels, Math.max(FEWEST_PIXELS, Math.ceil(length / millimetres)));
  return { ...screen, millimetres, size: { width: whole(across), height: whole(down) } };
}

/** Millimetres of a CSS pixel with which each of the three standard planes fits: what is compared has one scale. */
function commonScale(box: Box, size: Size): number {
  const { views } = startingTrio(middleOf(box));
  return Math.max(
    ...PLANES.map((name) => fittingMillimetres(box, views[name].right, views[name].down, size)),
  );
}

export class PlaneModel {
  readonly name: PlaneName;
  readonly size = signal<Size>({ width: 0, height: 0 });
  readonly picture = signal<PlanePicture | null>(null);
  readonly trouble = signal<string | null>(null);
  /** pictures shown so far: a measurement of speed reads it */
  shown = 0;
  readonly #session: VolumeSession;
  readonly #feed: Feed<PlaneWish, PlanePicture>;
  readonly #stops: (() => void)[];

  constructor(session: VolumeSession, name: PlaneName) {
    this.#session = session;
    this.name = name;
    this.#feed = new Feed<PlaneWish, PlanePicture>({
      key: keyOf,
      fetch: (wish, quality, aborted) => this.#fetch(wish, quality, aborted),
      show: (picture) => this.#show(picture),
      failed: (error) => this.#failed(error),
    });
    this.#stops = [effect(() => this.#wish()), effect(() => this.#renew())];
  }

  stop(): void {
    for (const stop of this.#stops) stop();
    this.#feed.stop();
  }

  readonly projection = computed<Projection | null>(() => {
    const { box, trio, zoom } = this.#session;
    const size = this.size.value;
    if (!box.value || size.width === 0 || size.height === 0) return null;
    return projectionOf(trio.value, this.name, commonScale(box.value, size) / zoom.value, size);
  });

  /** What the full values say of a measure, in lines; three dots until they are here. */
  valueLines(measure: Measure): readonly string[] {
    const facts = this.#session.facts.peek();
    const picture = this.picture.value;
    return facts ? valueLines(measure, picture, facts) : [];
  }

  pointAt(screen: Point): Vector3 | null {
    const projection = this.projection.peek();
    return projection && toPatient(projection, screen);
  }

  #wish(): void {
    const screen = this.projection.value;
    const { slab, mode, window, box } = this.#session;
    const now = { slab: slab.value, mode: mode.value, window: window.value };
    if (screen && box.value) this.#feed.wish({ raster: screen, ...now });
  }

  #renew(): void {
    void this.#session.renewals.value;
    this.#feed.forget();
  }

  #fetch(wish: PlaneWish, quality: Quality, aborted: AbortSignal): Promise<PlanePicture> {
    const box = this.#session.box.peek() as Box;
    const pixels = quality === "full" ? FULL_PIXELS : PREVIEW_PIXELS;
    const raster = rasterFor(wish.raster, box, pixels, devicePixelRatio);
    return fetchPlane(this.#session.source, this.name, { ...wish, raster }, quality, aborted);
  }

  #show(picture: PlanePicture): void {
    this.trouble.value = null;
    this.shown++;
    const old = this.picture.peek();
    this.picture.value = picture;
    this.#session.pictures.set(this.name, picture.kind);
    if (old?.kind === "preview") old.bitmap.close();
  }

  #failed(error: unknown): number | null {
    if (isGone(error)) {
      void this.#session.load();
      return TRY_AGAIN;
    }
    this.trouble.value = sentenceOf(error);
    return isBrokenLine(error) ? TRY_AGAIN : null;
  }
}

/** The window is no part of it: previews are toned here, full pictures windowed here. */
function keyOf(wish: PlaneWish, quality: Quality): string {
  return planeQuery({ ...wish, window: { center: 0, width: 1, function: "LINEAR" } }, quality);
}
