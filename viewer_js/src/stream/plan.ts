/**
 * What to ask the server for, the most urgent first: a pure function of what is on the screen and what is here.
 *
 * Previews of the visible series come first because they make the whole stack scrollable; beside them the visible
 * frames; then the next in the direction of scrolling; then the rest, as far as memory allows.
 */

import type { Size } from "../viewport/geometry";
import type { Window } from "../viewport/window";
import type { PartWish } from "./parts";
import { type Frame, needsServerWindow, type Stack } from "./stack";

/** One viewport's wish; the active viewport's stands first. */
export interface Need {
  readonly stack: Stack;
  readonly index: number;
  /** which way the person scrolled last */
  readonly direction: 1 | -1;
  /** null: the image's own */
  readonly window: Window | null;
  /** device pixels that a rendered frame can fill */
  readonly box: Size;
  /** false while the stack is being scrolled fast: then previews do */
  readonly settled: boolean;
  /** of a large image what is seen of it */
  readonly part?: PartWish | null;
}

export type Step =
  | { readonly kind: "previews"; readonly stack: Stack; readonly start: number }
  | { readonly kind: "thumbnail"; readonly stack: Stack }
  | { readonly kind: "rendered"; readonly frame: Frame; readonly window: Window | null; readonly box: Size }
  | { readonly kind: "part"; readonly frame: Frame; readonly part: PartWish }
  | {
      readonly kind: "full";
      readonly frame: Frame;
      readonly window: Window | null;
      readonly urgent: boolean;
    };

/** What is here already, or will never be. */
export interface Have {
  preview(frame: Frame): boolean;
  previewsDone(stack: Stack): boolean;
  thumbnail(stack: Stack): boolean;
  rendered(frame: Frame, window: Window | null, box: Size): boolean;
  full(frame: Frame, window: Window | null): boolean;
  hopeless(frame: Frame): boolean;
  /** a part that shows all that is wished for */
  part(frame: Frame, wish: PartWish): boolean;
  /** its full quality is not fetched unless asked for: by the data saver, or because it is too large */
  spares(frame: Frame): boolean;
  /** not even the part that is seen */
  sparesPart(frame: Frame): boolean;
}

export interface Plan {
  readonly steps: readonly Step[];
  /** keys of frames whose full pixels are worth their memory */
  readonly keep: ReadonlySet<string>;
}

/** From this many bytes on, a picture at the viewport's size comes well before the stored values. */
export const LARGE_FRAME = 1_500_000;

export function bytesOf({ instance }: Frame): number {
  const pixels = instance.rows * instance.columns;
  return instance.stored ? pixels * (instance.bits_stored > 8 ? 2 : 1) : pixels * 4;
}

/** Three ahead for one behind, until both ends are reached. */
export function* outwards(index: number, direction: 1 | -1, length: number): Iterable<number> {
  const inside = (at: number) => at >= 0 && at < length;
  for (let ahead = 1, behind = 1; inside(index + direction * ahead) || inside(index - direction * behind); ) {
    for (let step = 0; step < 3; step++, ahead++) {
      if (inside(index + direction * ahead)) yield index + direction * ahead;
    }
    if (inside(index - direction * behind)) yield index - direction * behind;
    behind++;
  }
}

/** The part that is to be shown in place of the whole image, if it comes in parts. */
function partWanted({ part, window }: Need, frame: Frame, have: Have): PartWish | null {
  return part && !have.full(frame, window) && !have.sparesPart(frame) ? part : null;
}

/** A picture made by the server for the viewport is worth its bytes. */
function wantsRendered({ window, settled }: Need, frame: Frame, have: Have, isSharp: boolean): boolean {
  if (needsServerWindow(frame, window)) return true;
  const isLarge = frame.instance.stored_bytes > LARGE_FRAME;
  return !isSharp && (window !== null || isLarge || (have.spares(frame) && settled));
}

function visibleSteps(need: Need, have: Have): Step[] {
  const frame = need.stack.frames[need.index];
  if (!frame || have.hopeless(frame)) return [];
  const { window, box, settled } = need;
  const steps: Step[] = [];
  const hasFull = have.full(frame, window);
  const part = partWanted(need, frame, have);
  const hasPart = part !== null && have.part(frame, part);
  const isLaidOut = box.width > 1;
  if (
    isLaidOut &&
    wantsRendered(need, frame, have, hasFull || hasPart) &&
    !have.rendered(frame, window, box)
  ) {
    steps.push({ kind: "rendered", frame, window, box });
  }
  if (part && !hasPart && settled) steps.push({ kind: "part", frame, part });
  if (!hasFull && !have.spares(frame) && (settled || !have.preview(frame)))
    steps.push({ kind: "full", frame, window, urgent: true });
  return steps;
}

/** Frames round about, in order, the visible ones first; each once. */
function* candidates(needs: readonly Need[]): Iterable<{ frame: Frame; window: Window | null }> {
  const at = ({ stack, window }: Need, index: number) => {
    const frame = stack.frames[index];
    return frame ? [{ frame, window }] : [];
  };
  for (const need of needs) yield* at(need, need.index);
  for (const need of needs) {
    for (const index of outwards(need.index, need.direction, need.stack.frames.length))
      yield* at(need, index);
  }
}

/** The frames round about that fit into memory, and those of them to be fetched while nothing else is to be done. */
function nearby(needs: readonly Need[], have: Have, budget: number): { keep: Set<string>; missing: Step[] } {
  const keep = new Set<string>();
  const missing: Step[] = [];
  const visible = new Set(needs.map(({ stack, index }) => stack.frames[index]?.key));
  let left = budget;
  for (const { frame, window } of candidates(needs)) {
    if (keep.has(frame.key)) continue;
    left -= bytesOf(frame);
    if (left < 0 && keep.size > 0) break;
    keep.add(frame.key);
    const isMissing = !visible.has(frame.key) && !have.full(frame, window) && !have.hopeless(frame);
    if (isMissing && !have.spares(frame)) missing.push({ kind: "full", frame, window, urgent: false });
  }
  return { keep, missing };
}

export function plan(needs: readonly Need[], stacks: readonly Stack[], have: Have, budget: number): Plan {
  const shown = new Set(needs.map(({ stack }) => stack));
  const previews = needs
    .filter(({ stack }) => !have.previewsDone(stack))
    .map(({ stack, index }): Step => ({ kind: "previews", stack, start: index }));
  const visible = needs.flatMap((need) => visibleSteps(need, have));
  const thumbnails = stacks
    .filter((stack) => !shown.has(stack) && !have.thumbnail(stack))
    .map((stack): Step => ({ kind: "thumbnail", stack }));
  const { keep, missing } = nearby(needs, have, budget);
  const isQuiet = previews.length === 0 && needs.every(({ settled }) => settled);
  return { steps: [...previews, ...visible, ...thumbnails, ...(isQuiet ? missing : [])], keep };
}
