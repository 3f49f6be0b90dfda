/** The body seen from a side: which side, how near, which tissue; and the pictures the server makes of it. */

import { effect, type Signal, signal } from "@preact/signals";
import { isBrokenLine, sentenceOf } from "../api/http";
import type { Size } from "../viewport/geometry";
import { Feed, type Quality } from "./feed";
import { fetchRendering, isGone, type RenderingWish, renderingQuery } from "./server";
import type { VolumeSession } from "./session";

const PREVIEW_PIXELS = 224;
const FULL_PIXELS = 720;
const TRY_AGAIN = 2000;
/** milliseconds; a full picture keeps the server busy for a second: the planes go before it */
const RESTS_AFTER = 600;
const STEEPEST = 90;
const [FARTHEST, NEAREST] = [0.5, 8];

export class RenderingModel {
  readonly size = signal<Size>({ width: 0, height: 0 });
  readonly azimuth: Signal<number>;
  readonly elevation: Signal<number>;
  readonly zoom: Signal<number>;
  readonly picture = signal<ImageBitmap | null>(null);
  readonly quality = signal<Quality>("preview");
  readonly trouble = signal<string | null>(null);
  readonly #session: VolumeSession;
  readonly #feed: Feed<RenderingWish, ImageBitmap>;
  readonly #stops: (() => void)[];

  constructor(session: VolumeSession) {
    this.#session = session;
    this.azimuth = session.azimuth;
    this.elevation = session.elevation;
    this.zoom = session.bodyZoom;
    this.#feed = new Feed<RenderingWish, ImageBitmap>({
      key: renderingQuery,
      fetch: (wish, quality, aborted) =>
        fetchRendering(session.source, sized(wish, quality), quality, aborted),
      show: (picture, _, quality) => this.#show(picture, quality),
      failed: (error) => this.#failed(error),
      restsAfter: RESTS_AFTER,
    });
    this.#stops = [effect(() => this.#wish()), effect(() => this.#renew())];
  }

  stop(): void {
    for (const stop of this.#stops) stop();
    this.#feed.stop();
  }

  turn(azimuth: number, elevation: number): void {
    this.azimuth.value = (((this.azimuth.peek() + azimuth) % 360) + 360) % 360;
    this.elevation.value = Math.min(STEEPEST, Math.max(-STEEPEST, this.elevation.peek() + elevation));
  }

  look(azimuth: number, elevation: number): void {
    this.azimuth.value = azimuth;
    this.elevation.value = elevation;
  }

  zoomBy(factor: number): void {
    this.zoom.value = Math.min(NEAREST, Math.max(FARTHEST, this.zoom.peek() * factor));
  }

  #wish(): void {
    const { box, preset } = this.#session;
    const size = this.size.value;
    if (!box.value || size.width === 0) return;
    const [azimuth, elevation, zoom] = [this.azimuth.value, this.elevation.value, this.zoom.value];
    this.#feed.wish({ preset: preset.value, azimuth, elevation, zoom, size });
  }

  #renew(): void {
    void this.#session.renewals.value;
    this.#feed.forget();
  }

  #show(picture: ImageBitmap, quality: Quality): void {
    this.trouble.value = null;
    const old = this.picture.peek();
    this.picture.value = picture;
    this.quality.value = quality;
    this.#session.pictures.set("last", quality);
    old?.close();
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

/** Within so many pixels a side; the shape of the place stays. */
function sized(wish: RenderingWish, quality: Quality): RenderingWish {
  const { width, height } = wish.size;
  const most = quality === "full" ? FULL_PIXELS : PREVIEW_PIXELS;
  const scale = Math.min(devicePixelRatio, most / Math.max(width, height));
  const whole = (length: number) => Math.max(16, Math.round(length * scale));
  return { ...wish, size: { width: whole(width), height: whole(height) } };
}
