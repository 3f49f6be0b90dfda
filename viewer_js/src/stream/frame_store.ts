/** Frames by need: plans, asks, keeps, and tells who draws. */

import { effect } from "@preact/signals";
import { isAbort, isBrokenLine, sentenceOf } from "../api/http";
import type { Size } from "../viewport/geometry";
import type { Window } from "../viewport/window";
import {
  decodePreview,
  fetchPart,
  fetchPicture,
  fetchPreviews,
  fetchRendered,
  fetchStored,
  NotDrawable,
} from "./fetch_frames";
import { type Entry, FrameCache, type Full, sameWindow } from "./frame_cache";
import { Line } from "./line";
import { reached } from "./milestones";
import { covers, type PartWish } from "./parts";
import { type Have, type Need, plan, type Step } from "./plan";
import type { PreviewRecord } from "./preview_records";
import { type Run, runsOf } from "./runs";
import { DataSaver } from "./saver";
import type { Frame, Stack } from "./stack";
import { type Wish, WishQueue } from "./wish_queue";

/** HTTP/1.1 allows six requests at once; one stays free for statistics, marks and messages. */
const LIMITS = { total: 5, background: 2 };

/** A series that has grown is asked for its previews again. */
function stackKey({ id, frames }: Stack): string {
  return `${id}/${frames.length}`;
}

export class FrameStore implements Have {
  readonly line = new Line(() => this.#afterPause());
  readonly saver = new DataSaver();
  readonly #cache = new FrameCache();
  readonly #queue = new WishQueue(LIMITS);
  readonly #budget: number;
  readonly #onChange: (frame: Frame) => void;
  readonly #doneStacks = new Set<string>();
  #needs: readonly Need[] = [];
  #stacks: readonly Stack[] = [];
  #replanAsked = false;

  constructor(budget: number, onChange: (frame: Frame) => void) {
    this.#budget = budget;
    this.#onChange = onChange;
    effect(() => {
      this.saver.watch();
      this.#replanSoon();
    });
  }

  /** What is on the screen now (the active viewport first), and every series that has a thumbnail. */
  need(needs: readonly Need[], stacks: readonly Stack[]): void {
    this.#needs = needs;
    this.#stacks = stacks;
    this.#replan();
  }

  entry(frame: Frame): Entry {
    return this.#cache.of(frame);
  }

  forgetStudy(studyId: string): void {
    this.#cache.forgetStudy(studyId);
    for (const key of [...this.#doneStacks]) if (key.startsWith(`${studyId}/`)) this.#doneStacks.delete(key);
  }

  /** Which images of a stack are here, as runs. */
  loaded({ frames }: Stack): { preview: Run[]; full: Run[] } {
    return {
      preview: runsOf(frames, (frame) => this.preview(frame)),
      full: runsOf(frames, (frame) => this.#cache.get(frame)?.full != null),
    };
  }

  /** Decodes a preview again whose bitmap had to make room. */
  wantPreview(frame: Frame): void {
    const entry = this.#cache.of(frame);
    if (entry.jpeg && !entry.preview) void this.#decode(frame, entry.jpeg);
  }

  preview(frame: Frame): boolean {
    return this.#cache.get(frame)?.jpeg != null;
  }

  previewsDone(stack: Stack): boolean {
    return this.#doneStacks.has(stackKey(stack));
  }

  thumbnail(stack: Stack): boolean {
    const frame = stack.frames[stack.start];
    return this.previewsDone(stack) || !frame || this.preview(frame) || this.hopeless(frame);
  }

  rendered(frame: Frame, window: Window | null, box: Size): boolean {
    const rendered = this.#cache.get(frame)?.rendered;
    return !!rendered && sameWindow(rendered.window, window) && rendered.box.width >= box.width;
  }

  full(frame: Frame, window: Window | null): boolean {
    const full = this.#cache.get(frame)?.full;
    if (!full) return false;
    return full.kind === "stored" || frame.instance.samples > 1 || sameWindow(full.window, window);
  }

  hopeless(frame: Frame): boolean {
    return this.#cache.of(frame).reason !== null;
  }

  part(frame: Frame, wish: PartWish): boolean {
    const part = this.#cache.get(frame)?.part;
    return !!part && covers(part, wish);
  }

  spares(frame: Frame): boolean {
    return this.saver.spares(frame);
  }

  sparesPart(frame: Frame): boolean {
    return this.saver.sparesPart(frame);
  }

  #replan(): void {
    const { steps, keep } = plan(this.#needs, this.#stacks, this, this.#budget);
    this.#cache.shrink(this.#budget, keep);
    this.#queue.replace(steps.map((step) => this.#wish(step)));
  }

  /** Several answers in one turn of the event loop make one new plan. */
  #replanSoon(): void {
    if (this.#replanAsked) return;
    this.#replanAsked = true;
    queueMicrotask(() => {
      this.#replanAsked = false;
      this.#replan();
    });
  }

  #afterPause(): void {
    this.#queue.resume();
    this.#replan();
  }

  #wish(step: Step): Wish {
    switch (step.kind) {
      case "previews":
        return this.#made(`previews/${stackKey(step.stack)}`, true, (signal) =>
          this.#streamPreviews(step, signal),
        );
      case "thumbnail":
        return this.#made(`thumbnail/${step.stack.id}`, false, (signal) =>
          this.#oneThumbnail(step.stack, signal),
        );
      case "rendered":
        return this.#made(
          `rendered/${step.frame.key}`,
          true,
          (signal) => this.#render(step, signal),
          step.frame,
        );
      case "part":
        return this.#made(
          `part/${step.frame.key}/${Object.values(step.part.region)}/${step.part.shrink}`,
          true,
          async (signal) => {
            this.#cache.setPart(step.frame, await fetchPart(step.frame, step.part, signal));
            this.#changed(step.frame);
          },
          step.frame,
        );
      case "full":
        return this.#made(
          `full/${step.frame.key}`,
          step.urgent,
          (signal) => this.#fill(step, signal),
          step.frame,
        );
    }
  }

  #made(key: string, urgent: boolean, work: (signal: AbortSignal) => Promise<void>, frame?: Frame): Wish {
    const run = async (signal: AbortSignal) => {
      try {
        await work(signal);
        this.line.worked();
      } catch (error) {
        if (!isAbort(error) && !signal.aborted) this.#failed(error, frame);
      }
      this.#replanSoon();
    };
    return { key, urgent, run };
  }

  #failed(error: unknown, frame: Frame | undefined): void {
    if (isBrokenLine(error)) {
      this.#queue.pause();
      this.line.failed();
      return;
    }
    if (!frame) return;
    this.#cache.of(frame).reason = error instanceof NotDrawable ? error.message : sentenceOf(error);
    this.#changed(frame);
  }

  async #streamPreviews(
    { stack, start }: { stack: Stack; start: number },
    signal: AbortSignal,
  ): Promise<void> {
    try {
      await fetchPreviews(stack, start, signal, (record) => this.#take(stack, record));
      reached("stack-scrollable");
    } catch (error) {
      if (isAbort(error) || isBrokenLine(error)) throw error;
      // refused for good: the frames are asked one by one, and each says why
    }
    this.#doneStacks.add(stackKey(stack));
  }

  async #oneThumbnail(stack: Stack, signal: AbortSignal): Promise<void> {
    const isShort = stack.frames.length <= 4;
    await fetchPreviews(stack, stack.start, signal, (record) => this.#take(stack, record) && isShort);
    if (isShort) this.#doneStacks.add(stackKey(stack));
  }

  #take(stack: Stack, { index, jpeg }: PreviewRecord): boolean {
    const frame = stack.frames[index];
    if (!frame) return true;
    const entry = this.#cache.of(frame);
    if (jpeg && !entry.jpeg) {
      entry.jpeg = jpeg;
      void this.#decode(frame, jpeg);
    }
    this.line.worked();
    return true;
  }

  async #decode(frame: Frame, jpeg: Uint8Array<ArrayBuffer>): Promise<void> {
    try {
      this.#cache.setPreview(frame, await decodePreview(jpeg));
    } catch {
      this.#cache.of(frame).jpeg = null;
    }
    this.#changed(frame);
  }

  async #render(
    { frame, window, box }: { frame: Frame; window: Window | null; box: Size },
    signal: AbortSignal,
  ): Promise<void> {
    const bitmap = await fetchRendered(frame, window, box, signal);
    this.#cache.setRendered(frame, { bitmap, window, box });
    this.#changed(frame);
  }

  async #fill(
    { frame, window, urgent }: { frame: Frame; window: Window | null; urgent: boolean },
    signal: AbortSignal,
  ): Promise<void> {
    const full: Full = frame.instance.stored
      ? { kind: "stored", values: await fetchStored(frame, urgent, signal) }
      : { kind: "picture", bitmap: await fetchPicture(frame, window, urgent, signal), window };
    this.#cache.setFull(frame, full);
    this.#changed(frame);
  }

  #changed(frame: Frame): void {
    this.#onChange(frame);
  }
}
