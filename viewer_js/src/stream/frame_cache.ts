/** What is here of each frame, and how much memory it takes. */

import type { Size } from "../viewport/geometry";
import type { StoredValues, Window } from "../viewport/window";
import type { Part } from "./parts";
import type { Frame } from "./stack";

export type Quality = "none" | "preview" | "rendered" | "full";

export interface Rendered {
  readonly bitmap: ImageBitmap;
  readonly window: Window | null;
  readonly box: Size;
}

export type Full =
  | { readonly kind: "stored"; readonly values: StoredValues }
  /** colour, or grey that only the server can window; `window` it was made with */
  | { readonly kind: "picture"; readonly bitmap: ImageBitmap; readonly window: Window | null };

export interface Entry {
  jpeg: Uint8Array<ArrayBuffer> | null;
  preview: ImageBitmap | null;
  rendered: Rendered | null;
  part: Part | null;
  full: Full | null;
  /** why there will never be a picture */
  reason: string | null;
}

export function sameWindow(one: Window | null, other: Window | null): boolean {
  if (one === null || other === null) return one === other;
  return (
    one.center === other.center &&
    one.width === other.width &&
    one.function === other.function &&
    one.table === other.table
  );
}

function sizeOf(full: Full): number {
  if (full.kind === "stored") return full.values.byteLength;
  return full.bitmap.width * full.bitmap.height * 4;
}

const MOST_RENDERED = 24;
const MOST_PARTS = 6;

/** A quarter of a megabyte each; phones say how little memory they have. */
function mostPreviews(): number {
  const { deviceMemory = 8 } = navigator as { deviceMemory?: number };
  return deviceMemory <= 4 ? 320 : 800;
}

export class FrameCache {
  readonly #mostPreviews = mostPreviews();
  readonly #entries = new Map<string, Entry>();
  readonly #previewed = new Set<string>();
  readonly #rendered = new Set<string>();
  readonly #parts = new Set<string>();
  #bytes = 0;

  get(frame: Frame): Entry | undefined {
    return this.#entries.get(frame.key);
  }

  /** The entry, made when missing. */
  of(frame: Frame): Entry {
    const known = this.#entries.get(frame.key);
    if (known) return known;
    const entry: Entry = {
      jpeg: null,
      preview: null,
      rendered: null,
      part: null,
      full: null,
      reason: frame.instance.renderable ? null : (frame.instance.reason ?? ""),
    };
    this.#entries.set(frame.key, entry);
    return entry;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Decoded previews are few; their JPEGs stay, so an old one is decoded again. */
  setPreview(frame: Frame, bitmap: ImageBitmap): void {
    this.of(frame).preview = bitmap;
    this.#previewed.delete(frame.key);
    this.#previewed.add(frame.key);
    this.#trim(this.#previewed, this.#mostPreviews, (entry) => {
      entry.preview = null;
    });
  }

  setRendered(frame: Frame, rendered: Rendered): void {
    this.of(frame).rendered = rendered;
    this.#rendered.delete(frame.key);
    this.#rendered.add(frame.key);
    this.#trim(this.#rendered, MOST_RENDERED, (entry) => {
      entry.rendered = null;
    });
  }

  setPart(frame: Frame, part: Part): void {
    this.of(frame).part = part;
    this.#parts.delete(frame.key);
    this.#parts.add(frame.key);
    this.#trim(this.#parts, MOST_PARTS, (entry) => {
      entry.part = null;
    });
  }

  setFull(frame: Frame, full: Full): void {
    this.#dropFull(this.of(frame));
    this.of(frame).full = full;
    this.#bytes += sizeOf(full);
  }

  /** Frees full pixels that nobody is near to, until the rest fits. */
  shrink(budget: number, keep: ReadonlySet<string>): void {
    for (const [key, entry] of this.#entries) {
      if (this.#bytes <= budget) return;
      if (!keep.has(key)) this.#dropFull(entry);
    }
  }

  forgetStudy(studyId: string): void {
    for (const [key, entry] of this.#entries) {
      if (!key.startsWith(`${studyId}/`)) continue;
      this.#dropFull(entry);
      this.#entries.delete(key);
      this.#previewed.delete(key);
      this.#rendered.delete(key);
      this.#parts.delete(key);
    }
  }

  #dropFull(entry: Entry): void {
    if (entry.full) this.#bytes -= sizeOf(entry.full);
    entry.full = null;
  }

  // bitmaps are left to the garbage collector: one may still be on its way to a canvas
  #trim(keys: Set<string>, most: number, drop: (entry: Entry) => void): void {
    for (const key of keys) {
      if (keys.size <= most) return;
      keys.delete(key);
      const entry = this.#entries.get(key);
      if (entry) drop(entry);
    }
  }
}
