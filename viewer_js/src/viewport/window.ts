/**
 * Stored values to grey levels, the server's pipeline over again (app/render/pipeline.py): modality LUT, window
 * (PS3.3 C.11.2.1.2 and C.11.2.1.3), presentation. One table of 65,536 entries holds all of it, because a stored
 * value has at most 16 bits; a picture is then one look-up for each pixel.
 */

import type { WindowFunction } from "../api/manifest";

export interface Window {
  readonly center: number;
  readonly width: number;
  readonly function: WindowFunction;
  /** in place of the numbers: which VOI LUT of the image, from 0 */
  readonly table?: number;
}

/** A window in numbers; null of a table. */
export function numbersOf(window: Window | null): Window | null {
  return window?.table === undefined ? window : null;
}

export interface Rescale {
  readonly slope: number;
  readonly intercept: number;
}

/** Entries for the inputs from `first` on, those outside take the nearest; each is a share of `highest`. */
export interface Table {
  readonly first: number;
  readonly highest: number;
  readonly entries: Uint16Array;
}

/** What a presentation state has in place of a window (a VOI LUT), and behind it. */
export interface Tables {
  /** from stored values to the inputs of `voi` */
  readonly rescale: readonly [number, number];
  readonly voi: Table | null;
  readonly presentation: Table | null;
}

/** What turns the values of one frame into grey, the window apart. */
export interface GreyScale extends Rescale {
  readonly signed: boolean;
  /** values to be drawn as background, as stored; both ends included */
  readonly padding: readonly [number, number] | null;
  /** MONOCHROME1 or an inverse presentation LUT, and what the person asked for on top */
  readonly inverse: boolean;
  readonly tables?: Tables | null;
}

export type StoredValues = Int8Array | Uint8Array | Int16Array | Uint16Array;

/** 0…1 of a value after the modality LUT. */
export function windowed(x: number, { center, width, function: kind }: Window): number {
  if (kind === "SIGMOID") return 1 / (1 + Math.exp((-4 * (x - center)) / width));
  if (kind === "LINEAR_EXACT") return clamped((x - center) / width + 0.5);
  if (width === 1) return x <= center - 0.5 ? 0 : 1;
  return clamped((x - (center - 0.5)) / (width - 1) + 0.5);
}

function clamped(share: number): number {
  return Math.min(1, Math.max(0, share));
}

function looked({ first, highest, entries }: Table, input: number): number {
  const place = Math.min(entries.length - 1, Math.max(0, Math.trunc(input - first)));
  return (entries[place] as number) / highest;
}

function shareOf(stored: number, { slope, intercept, tables }: GreyScale, window: Window): number {
  if (!tables) return windowed(stored * slope + intercept, window);
  const { rescale, voi, presentation } = tables;
  const input = stored * rescale[0] + rescale[1];
  const share = voi ? looked(voi, input) : windowed(stored * slope + intercept, window);
  return presentation
    ? looked(presentation, presentation.first + Math.round(share * (presentation.entries.length - 1)))
    : share;
}

export const TABLE_SIZE = 65_536;

/** Fills `greys` with one grey for each 16-bit pattern (of an 8-bit value: the first 256). */
export function fillGreys(greys: Uint8Array, scale: GreyScale, window: Window, bits: 8 | 16): void {
  const size = 2 ** bits;
  const [lowest, highest] = scale.padding ?? [1, 0];
  for (let pattern = 0; pattern < size; pattern++) {
    const stored = scale.signed && pattern >= size / 2 ? pattern - size : pattern;
    const share = shareOf(stored, scale, window);
    const isPadding = stored >= lowest && stored <= highest;
    greys[pattern] = isPadding ? 0 : Math.round((scale.inverse ? 1 - share : share) * 255);
  }
}

export function sameGrey(one: GreyScale, other: GreyScale): boolean {
  return (
    one.slope === other.slope &&
    one.intercept === other.intercept &&
    one.signed === other.signed &&
    one.inverse === other.inverse &&
    (one.tables ?? null) === (other.tables ?? null) &&
    one.padding?.[0] === other.padding?.[0] &&
    one.padding?.[1] === other.padding?.[1]
  );
}

/** The same bits read without sign: what the table is asked with. */
export function patternsOf(values: StoredValues): Uint8Array | Uint16Array {
  const { buffer, byteOffset, length } = values;
  return values.BYTES_PER_ELEMENT === 1
    ? new Uint8Array(buffer, byteOffset, length)
    : new Uint16Array(buffer, byteOffset, length);
}

const SAMPLE = 65_536;

/**
 * What an image without a window of its own is shown with, as the server does (app/render/luts.py): of at most 8 bits
 * the whole range, else from the darkest to the brightest half percent of a sample of the values.
 */
export function automaticWindow(values: ArrayLike<number>, scale: GreyScale, bitsStored: number): Window {
  if (bitsStored <= 8) return wholeRange(scale, bitsStored);
  const sample = sampleOf(values, scale);
  let [low, high] = [percentile(sample, 0.005), percentile(sample, 0.995)];
  if (high <= low) [low, high] = [sample[0] ?? 0, sample.at(-1) ?? 0];
  return { center: (low + high) / 2, width: Math.max(high - low, 1e-6), function: "LINEAR_EXACT" };
}

function wholeRange({ signed, slope, intercept }: GreyScale, bitsStored: number): Window {
  const levels = 2 ** bitsStored;
  const lowest = signed ? -levels / 2 : 0;
  const ends = [lowest * slope + intercept, (lowest + levels - 1) * slope + intercept];
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  return { center: (low + high) / 2, width: Math.max(high - low, 1e-6), function: "LINEAR_EXACT" };
}

/** Every n-th value after the modality LUT in rising order, padding left out unless there is nothing else. */
function sampleOf(values: ArrayLike<number>, { slope, intercept, padding }: GreyScale): Float64Array {
  const step = Math.max(1, Math.floor(values.length / SAMPLE));
  const [lowest, highest] = padding ?? [1, 0];
  const all: number[] = [];
  const inside: number[] = [];
  for (let i = 0; i < values.length; i += step) {
    const value = values[i] as number;
    all.push(value);
    if (value < lowest || value > highest) inside.push(value);
  }
  const kept = inside.length > 0 ? inside : all;
  return Float64Array.from(kept, (value) => value * slope + intercept).sort();
}

/** Between two neighbours in proportion, as numpy does. */
function percentile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)] ?? 0;
  const above = sorted[Math.ceil(place)] ?? below;
  return below + (above - below) * (place - Math.floor(place));
}

/**
 * For a picture of 8 bits made with `made`: what each of its greys becomes under `wanted`. What lay outside the first
 * window is lost, so this only bridges the moment until the server's answer. Null for a sigmoid, which has no ends.
 */
export function tonesBetween(
  made: Window,
  wanted: Window,
  madeInverse: boolean,
  inverse: boolean,
): Uint8Array | null {
  if (made.function === "SIGMOID" || wanted.table !== undefined || made.table !== undefined) return null;
  const tones = new Uint8Array(256);
  for (let grey = 0; grey < 256; grey++) {
    const share = madeInverse ? 1 - grey / 255 : grey / 255;
    const value = made.center + (share - 0.5) * made.width;
    const shown = windowed(value, wanted);
    tones[grey] = Math.round((inverse ? 1 - shown : shown) * 255);
  }
  return tones;
}
