/** The straightened picture along the curve: what the server is asked for, and how it fits its place. */

import { computed, effect, signal } from "@preact/signals";
import { isBrokenLine, sentenceOf } from "../api/http";
import type { Size } from "../viewport/geometry";
import { finestSpacing } from "./box";
import { FEWEST_POINTS } from "./curve";
import { Feed, type Quality } from "./feed";
import type { Projection } from "./projection";
import { type CurvedWish, FLAT, fetchCurved, isGone, type PlanePicture } from "./server";
import type { VolumeSession } from "./session";
import { lengthOf, minus, times } from "./vectors";

const TRY_AGAIN = 2000;
const [PREVIEW_PIXELS, FULL_PIXELS] = [256, 1000];
const FINEST = 0.05;

/** Straight from point to point: the smooth curve through them is a little longer. */
function roughLength({ points }: CurvedWish): number {
  return points.slice(1).reduce((sum, point, i) => sum + lengthOf(minus(point, points[i] ?? point)), 0);
}

export class CurvedModel {
  readonly size = signal<Size>({ width: 0, height: 0 });
  readonly picture = signal<PlanePicture | null>(null);
  readonly trouble = signal<string | null>(null);
  shown = 0;
  readonly #session: VolumeSession;
  readonly #feed: Feed<CurvedWish, PlanePicture>;
  readonly #stops: (() => void)[];

  constructor(session: VolumeSession) {
    this.#session = session;
    this.#feed = new Feed<CurvedWish, PlanePicture>({
      key: (wish, quality) => JSON.stringify([{ ...wish, window: null }, quality]),
      fetch: (wish, quality, aborted) => this.#fetch(wish, quality, aborted),
      show: (picture) => this.#show(picture),
      failed: (error) => this.#failed(error),
    });
    this.#stops = [effect(() => this.#wish()), effect(() => this.#renew())];
  }

  stop(): void {
    for (const stop of this.#stops) stop();
    this.#session.pictures.delete("last");
    this.#feed.stop();
  }

  /** The whole picture in its place. */
  readonly projection = computed<Projection | null>(() => {
    const raster = this.picture.value?.raster;
    const size = this.size.value;
    if (!raster || size.width === 0 || size.height === 0) return null;
    const { width, height } = raster.size;
    const fit = Math.max(width / size.width, height / size.height) * raster.millimetres;
    return { ...FLAT, millimetres: fit, size };
  });

  #wish(): void {
    const { box, curve, slab, mode, window } = this.#session;
    const points = curve.points.value;
    const [up, height] = [curve.upward.value, curve.height.value];
    if (!box.value) return;
    if (points.length < FEWEST_POINTS) {
      this.picture.value = null;
      return;
    }
    const spacing = finestSpacing(box.value);
    const look = { slab: slab.value, mode: mode.value, window: window.value };
    this.#feed.wish({ points, down: times(up, -1), height, spacing, ...look });
  }

  #renew(): void {
    void this.#session.renewals.value;
    this.#feed.forget();
  }

  #fetch(wish: CurvedWish, quality: Quality, aborted: AbortSignal): Promise<PlanePicture> {
    const most = quality === "full" ? FULL_PIXELS : PREVIEW_PIXELS;
    const spacing = Math.max(FINEST, wish.spacing, Math.max(roughLength(wish), wish.height) / most);
    return fetchCurved(this.#session.source, this.#session.csrf, { ...wish, spacing }, quality, aborted);
  }

  #show(picture: PlanePicture): void {
    this.trouble.value = null;
    this.shown++;
    const old = this.picture.peek();
    this.picture.value = this.#session.curve.isDrawn.peek() ? picture : null;
    this.#session.pictures.set("last", picture.kind);
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
