/** A range of images as a moving picture: WebM by the browser's own recorder, GIF and WebP by the server. */

import { request } from "../api/http";
import type { ViewportModel } from "../viewport/model";
import { numbersOf } from "../viewport/window";
import type { Workspace } from "../viewport/workspace";
import { composed, type Wishes } from "./compose";

export interface ClipWish {
  /** from 0, both shown */
  readonly first: number;
  readonly last: number;
  readonly rate: number;
}

export type Progress = (done: number) => void;

const FORMATS = ["video/webm;codecs=vp9", "video/webm;codecs=vp8", "video/webm", "video/mp4"];
const WAIT = 6000;
export const MOST_ANIMATED = 200;
const SIDE = 512;

/** What this browser's recorder makes; null where it has none. */
export function recordedFormat(): string | null {
  if (typeof MediaRecorder === "undefined") return null;
  return FORMATS.find((format) => MediaRecorder.isTypeSupported(format)) ?? null;
}

function nextDrawing(): Promise<void> {
  return new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve())));
}

/** The image is on the screen, in full where it comes soon enough. */
async function shown(viewport: ViewportModel, index: number, signal: AbortSignal): Promise<void> {
  viewport.scrollTo(index);
  const deadline = performance.now() + WAIT;
  do {
    await nextDrawing();
    signal.throwIfAborted();
    const quality = viewport.quality.peek();
    if (viewport.index.peek() === index && (quality === "full" || quality === "rendered")) return;
  } while (performance.now() < deadline);
}

/** Plays the range before the recorder, each image for as long as it is to be seen. */
export async function recorded(
  workspace: Workspace,
  viewport: ViewportModel,
  { first, last, rate }: ClipWish,
  wishes: Wishes,
  signal: AbortSignal,
  tell: Progress,
): Promise<Blob> {
  const format = recordedFormat();
  const canvas = await composed(workspace, viewport, wishes);
  if (!format || !canvas) throw new TypeError("nothing to record with");
  const before = viewport.index.peek();
  const recorder = new MediaRecorder(canvas.captureStream(rate), {
    mimeType: format,
    videoBitsPerSecond: 8_000_000,
  });
  const pieces: Blob[] = [];
  recorder.ondataavailable = ({ data }) => pieces.push(data);
  const ended = new Promise<void>((resolve) => {
    recorder.onstop = () => resolve();
  });
  try {
    for (let index = first; index <= last; index++) {
      await shown(viewport, index, signal);
      await composed(workspace, viewport, wishes, canvas);
      if (index === first) recorder.start();
      else recorder.resume();
      await new Promise((resolve) => setTimeout(resolve, 1000 / rate));
      recorder.pause();
      tell((index - first + 1) / (last - first + 1));
    }
  } finally {
    if (recorder.state !== "inactive") recorder.stop();
    viewport.scrollTo(before);
  }
  await ended;
  return new Blob(pieces, { type: format });
}

/** Every n-th image where there are more than the server puts into one file. */
export function stepOf({ first, last }: Pick<ClipWish, "first" | "last">): number {
  return Math.ceil((last - first + 1) / MOST_ANIMATED);
}

export async function animated(
  workspace: Workspace,
  viewport: ViewportModel,
  kind: "gif" | "webp",
  wish: ClipWish,
  signal: AbortSignal,
): Promise<Blob> {
  const stack = viewport.stack.peek();
  if (!stack) throw new TypeError("nothing is shown");
  const window = numbersOf(viewport.wishedWindow.peek());
  const step = stepOf(wish);
  const body = {
    kind,
    first: wish.first,
    last: wish.last,
    step,
    rate: Math.max(1, wish.rate / step),
    side: SIDE,
    window: window && { center: window.center, width: window.width },
    invert: viewport.invert.peek(),
  };
  const response = await request(`/stream/${stack.studyKey}/clip/${stack.series.id}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRF-Token": workspace.csrf },
    body: JSON.stringify(body),
    signal,
  });
  return response.blob();
}
