/** The best picture there is of a viewport's frame right now. */

import { type Entry, type Quality, sameWindow } from "../stream/frame_cache";
import { covers, type Part, type PartWish, partSize } from "../stream/parts";
import { type Frame, needsServerWindow } from "../stream/stack";
import { type Finish, PLAIN } from "./finish";
import type { Size } from "./geometry";
import type { Picture } from "./renderer";
import {
  automaticWindow,
  type GreyScale,
  type StoredValues,
  type Tables,
  tonesBetween,
  type Window,
} from "./window";

export interface Shown {
  readonly picture: Picture | null;
  readonly quality: Quality;
  /** the window that a null wish means for this frame */
  readonly ownWindow: Window | null;
}

/** The tables of a presentation state. Another window than theirs takes the place of the first of them. */
export interface StateTables {
  readonly whole: Tables;
  /** what is left under another window */
  readonly behind: Tables | null;
  /** null: the state has a window */
  readonly range: Window | null;
}

export interface Look {
  readonly window: Window | null;
  readonly invert: boolean;
  readonly finish?: Finish;
  readonly tables?: StateTables | null;
  /** of a large image: the part of it that is seen */
  readonly part?: PartWish | null;
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

/** Values that stand for a brightness: a window, tones and colour maps mean something. */
export function isGreyImage({ instance }: Frame): boolean {
  return instance.samples === 1 && instance.photometric.startsWith("MONOCHROME");
}

/** The stored values there are, of the whole image or of all that is seen of it. */
function storedOf({ full, part }: Entry, look: Look): { values: StoredValues; part: Part | null } | null {
  if (full?.kind === "stored") return { values: full.values, part: null };
  return part && look.part && covers(part, look.part) ? { values: part.values, part } : null;
}

export function pictureOf(frame: Frame, entry: Entry, look: Look): Shown {
  const { full, rendered, preview } = entry;
  const stored = storedOf(entry, look);
  const own = fileWindow(frame) ?? (stored ? rangeOf(stored.values, frame) : null);
  const window = look.window ?? own;
  if (stored && window && !needsServerWindow(frame, look.window)) {
    return shown(storedPicture(stored, frame, look, window), qualityOf(stored.part), own);
  }
  const isColour = frame.instance.samples > 1;
  if (full?.kind === "picture" && (isColour || sameWindow(full.window, look.window))) {
    return shown(bitmap(full.bitmap, frame, look), "full", own);
  }
  if (rendered && sameWindow(rendered.window, look.window)) {
    return shown(bitmap(rendered.bitmap, frame, look), "rendered", own);
  }
  const bridge = rendered ?? (preview ? { bitmap: preview, window: null } : null);
  if (!bridge) return { picture: null, quality: "none", ownWindow: own };
  return shown(bridged(bridge, frame, look, own), "preview", own);
}

function qualityOf(part: Part | null): Quality {
  return part && part.shrink > 1 ? "rendered" : "full";
}

function storedPicture(
  { values, part }: { values: StoredValues; part: Part | null },
  frame: Frame,
  look: Look,
  window: Window,
): Picture {
  const { finish = PLAIN } = look;
  const scale = { ...greyScaleOf(frame, look.invert), tables: tablesUnder(look, window) };
  const whole = { kind: "stored", values, plane: planeOf(frame), scale, window, finish } as const;
  if (!part) return whole;
  const { region, shrink } = part;
  return { ...whole, plane: partSize(part), at: { region, shrink } };
}

function tablesUnder({ tables }: Look, window: Window): Tables | null {
  if (!tables) return null;
  return tables.range === null || tables.range === window ? tables.whole : tables.behind;
}

function shown(picture: Picture, quality: Quality, ownWindow: Window | null): Shown {
  return { picture, quality, ownWindow };
}

function bitmap(source: ImageBitmap, frame: Frame, look: Look, tones: Uint8Array | null = null): Picture {
  const { invert, finish = PLAIN } = look;
  const plane = planeOf(frame);
  return { kind: "bitmap", bitmap: source, plane, invert, isGrey: isGreyImage(frame), tones, finish };
}

const bridges = new WeakMap<ImageBitmap, { made: Window; wanted: Window; tones: Uint8Array | null }>();

/** A picture made with one window, shown with another as well as its 256 greys allow. */
function bridged(
  source: { bitmap: ImageBitmap; window: Window | null },
  frame: Frame,
  look: Look,
  own: Window | null,
): Picture {
  const made = source.window ?? own;
  const wanted = look.window ?? own;
  if (frame.instance.samples > 1 || !made || !wanted || sameWindow(made, wanted)) {
    return bitmap(source.bitmap, frame, look);
  }
  const known = bridges.get(source.bitmap);
  if (known?.made === made && known.wanted === wanted) return bitmap(source.bitmap, frame, look, known.tones);
  const { inverse } = frame.instance;
  const tones = tonesBetween(made, wanted, inverse, inverse);
  bridges.set(source.bitmap, { made, wanted, tones });
  return bitmap(source.bitmap, frame, look, tones);
}
