/** The addresses of the stream door (app/stream) and what their answers are turned into. */

import { request } from "../api/http";
import type { Size } from "../viewport/geometry";
import type { StoredValues, Window } from "../viewport/window";
import { decoder } from "./decoder";
import { type Part, type PartWish, partSize } from "./parts";
import { PreviewReader, type PreviewRecord } from "./preview_records";
import { Speed } from "./speed";
import type { Frame, Stack } from "./stack";

/** The server sent a grey tile in place of the picture, and says why. */
export class NotDrawable extends Error {}

const speed = new Speed();

const REASON_HEADER = "X-Hoichan-Reason";

function seriesAddress(stack: Stack, start: number): string {
  return `/stream/${stack.studyKey}/previews/${stack.series.id}?start=${start}`;
}

function frameAddress(frame: Frame, what: "rendered" | "stored"): string {
  return `/stream/${frame.studyKey}/${what}/${frame.instance.id}/${frame.number}`;
}

export function renderedAddress(
  frame: Frame,
  { window, box, type }: { window: Window | null; box?: Size; type?: "png" },
): string {
  const query = new URLSearchParams();
  if (window) {
    query.set("center", String(window.center));
    query.set("width", String(window.width));
    query.set("function", window.function);
  }
  if (box) query.set("box", `${box.width}x${box.height}`);
  if (type) query.set("type", type);
  const text = query.toString();
  return frameAddress(frame, "rendered") + (text ? `?${text}` : "");
}

function checkReason(response: Response): void {
  const reason = response.headers.get(REASON_HEADER);
  if (reason) throw new NotDrawable(decodeURIComponent(reason));
}

/** Reads records as they arrive; `take` answers false when it has had enough. */
export async function fetchPreviews(
  stack: Stack,
  start: number,
  signal: AbortSignal,
  take: (record: PreviewRecord) => boolean,
): Promise<void> {
  const response = await request(seriesAddress(stack, start), { signal });
  if (!response.body) return;
  const reader = new PreviewReader();
  const chunks = response.body.getReader();
  for (;;) {
    const { done, value } = await chunks.read();
    if (done) return;
    for (const record of reader.push(value)) {
      if (take(record)) continue;
      await chunks.cancel();
      return;
    }
  }
}

export async function fetchRendered(
  frame: Frame,
  window: Window | null,
  box: Size,
  signal: AbortSignal,
): Promise<ImageBitmap> {
  const response = await request(renderedAddress(frame, { window, box }), { signal });
  checkReason(response);
  return createImageBitmap(await response.blob());
}

export async function fetchPicture(
  frame: Frame,
  window: Window | null,
  signal: AbortSignal,
): Promise<ImageBitmap> {
  const response = await request(renderedAddress(frame, { window, type: "png" }), { signal });
  checkReason(response);
  return createImageBitmap(await response.blob());
}

export function fetchStored(frame: Frame, signal: AbortSignal): Promise<StoredValues> {
  const { rows, columns } = frame.instance;
  return fetchValues(frame, "", { width: columns, height: rows }, signal);
}

export async function fetchPart(frame: Frame, wish: PartWish, signal: AbortSignal): Promise<Part> {
  const { left, top, width, height } = wish.region;
  const query = `&region=${left},${top},${width},${height}&shrink=${wish.shrink}`;
  return { ...wish, values: await fetchValues(frame, query, partSize(wish), signal) };
}

async function fetchValues(
  frame: Frame,
  query: string,
  size: Size,
  signal: AbortSignal,
): Promise<StoredValues> {
  const { coding } = speed;
  const response = await request(`${frameAddress(frame, "stored")}?coding=${coding}${query}`, { signal });
  checkReason(response);
  const began = performance.now();
  const wire = new Uint8Array(await response.arrayBuffer());
  speed.took(Number(response.headers.get("Content-Length") ?? 0), performance.now() - began);
  const { bits_stored, signed } = frame.instance;
  const shape = { rows: size.height, columns: size.width, bits_stored, signed };
  return decoder.decode({ wire, shape, coding });
}

export function decodePreview(jpeg: Uint8Array<ArrayBuffer>): Promise<ImageBitmap> {
  return createImageBitmap(new Blob([jpeg], { type: "image/jpeg" }));
}
