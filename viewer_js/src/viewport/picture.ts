/** The best picture there is of a viewport's frame right now. */

import { type Entry, type Quality, sameWindow } from "../stream/frame_cache";
import { type Frame, needsServerWindow } from "../stream/stack";
import type { Size } from "./geometry";
import type { Picture } from "./renderer";
import { automaticWindow, type GreyScale, type StoredValues, tonesBetween, type Window } from "./window";

export interface Shown {
  readonly picture: Picture | null;
  readonly quality: Quality;
  /** the window that a null wish means for this frame */
  readonly ownWindow: Window | null;
}

export interface Look {
  readonly window: Window | null;
  readonly invert: boolean;
}

export function greyScaleOf({ instance, slope, intercept }: Frame, invert: boolean): GreyScale {
  const { padding, signed, inverse } = instance;
  const range = typeof padding === "number" ? ([padding, padding] as const) : padding;
  return { slope, intercept, signed, padding: range, inverse: inverse !== invert };
}

const ranges = new WeakMap<StoredValues, Window>();

function rangeOf(values: StoredValues, frame: Frame): Window {
  const known =
    ranges.get(values) ?? automaticWindow(values, greyScaleOf(frame, false), frame.instance.bits_stored);
  ranges.set(values, known);
  return known;
}

/** The file's first window, one object for each frame so that caches can compare it. */
function fileWindow({ windows }: Frame): Window | null {
  return windows[0] ?? null;
}

function planeOf({ instance }: Frame): Size {
  return { width: instance.columns, height: instance.rows };
}

export function pictureOf(frame: Frame, entry: Entry, look: Look): Shown {
  const { full, rendered, preview } = entry;
  const own = fileWindow(frame) ?? (full?.kind === "stored" ? rangeOf(full.values, frame) : null);
  const plane = planeOf(frame);
  const window = look.window ?? own;
  if (full?.kind === "stored" && window && !needsServerWindow(frame, look.window)) {
    const scale = greyScaleOf(frame, look.invert);
    return shown({ kind: "stored", values: full.values, plane, scale, window }, "full", own);
  }
  const isColour = frame.instance.samples > 1;
  if (full?.kind === "picture" && (isColour || sameWindow(full.window, look.window))) {
    return shown(bitmap(full.bitmap, plane, look.invert), "full", own);
  }
  if (rendered && sameWindow(rendered.window, look.window)) {
    return shown(bitmap(rendered.bitmap, plane, look.invert), "rendered", own);
  }
  const bridge = rendered ?? (preview ? { bitmap: preview, window: null } : null);
  if (!bridge) return { picture: null, quality: "none", ownWindow: own };
  return shown(bridged(bridge, frame, look, own, plane), "preview", own);
}

function shown(picture: Picture, quality: Quality, ownWindow: Window | null): Shown {
  return { picture, quality, ownWindow };
}

function bitmap(source: ImageBitmap, plane: Size, invert: boolean): Picture {
  return { kind: "bitmap", bitmap: source, plane, invert, tones: null };
}

const bridges = new WeakMap<ImageBitmap, { made: Window; wanted: Window; picture: Picture }>();

/** A picture made with one window, shown with another as well as its 256 greys allow. */
function bridged(
  source: { bitmap: ImageBitmap; window: Window | null },
  frame: Frame,
  { window, invert }: Look,
  own: Window | null,
  plane: Size,
): Picture {
  const made = source.window ?? own;
  const wanted = window ?? own;
  if (frame.instance.samples > 1 || !made || !wanted || sameWindow(made, wanted)) {
    return bitmap(source.bitmap, plane, invert);
  }
  const known = bridges.get(source.bitmap);
  if (known?.made === made && known.wanted === wanted && known.picture.kind === "bitmap") {
    return { ...known.picture, invert };
  }
  const { inverse } = frame.instance;
  const tones = tonesBetween(made, wanted, inverse, inverse);
  const picture: Picture = { kind: "bitmap", bitmap: source.bitmap, plane, invert, tones };
  bridges.set(source.bitmap, { made, wanted, picture });
  return picture;
}
