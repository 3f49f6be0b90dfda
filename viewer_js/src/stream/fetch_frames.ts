/** The addresses of the stream door (app/stream) and what their answers are turned into. */

import { request } from "../api/http";
import type { Size } from "../viewport/geometry";
import type { StoredValues, Window } from "../viewport/window";
import { decoder } from "./decoder";
import { type Part, type PartWish, partSize } from "./parts";
import { PreviewReader, type PreviewRecord } from "./preview_records";
import { hearRefusal } from "./refused";
import { Speed } from "./speed";
import type { Frame, Stack } from "./stack";
import { type Arrival, Transport } from "./transport";

/** The server sent a grey tile in place of the picture, and says why. */
export class NotDrawable extends Error {}

const speed = new Speed();
const transport = new Transport(async () => (await import("./channel")).Channel);

const REASON_HEADER = "X-Hoichan-Reason";

function seriesAddress(stack: Stack, start: number): string {
  return `/stream/${stack.studyKey}/previews/${stack.series.id}?start=${start}`;
}

/** After `/stream/<key>/`. */
function frameAddress(frame: Frame, what: "rendered" | "stored"): string {
  return `${what}/${frame.instance.id}/${frame.number}`;
}

/** One frame in one form; throws NotDrawable with the reason when a grey tile came. */
async function arrival(frame: Frame, rest: string, urgent: boolean, signal: AbortSignal): Promise<Arrival> {
  const found = await transport.fetch({ studyKey: frame.studyKey, rest, urgent, signal });
  const reason = found.response.headers.get(REASON_HEADER);
  if (reason) throw new NotDrawable(decodeURIComponent(reason));
  return found;
}

function renderedAddress(
  frame: Frame,
  { window, box, type }: { window: Window | null; box?: Size; type?: "exact" },
): string {
  const query = new URLSearchParams();
  if (window?.table !== undefined) query.set("voi_lut", String(window.table));
  else if (window) {
    query.set("center", String(window.center));
    query.set("width", String(window.width));
    query.set("function", window.function);
  }
  if (box) query.set("box", `${box.width}x${box.height}`);
  if (type) query.set("type", type);
  const text = query.toString();
  return frameAddress(frame, "rendered") + (text ? `?${text}` : "");
}

/** Reads records as they arrive; `take` answers false when it has had enough. */
export async function fetchPreviews(
  stack: Stack,
  start: number,
  signal: AbortSignal,
  take: (record: PreviewRecord) => boolean,
): Promise<void> {
  const response = await request(seriesAddress(stack, start), { signal }).catch((error: unknown) => {
    hearRefusal(stack.studyKey, error);
    throw error;
  });
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

export function forgetStudyKey(studyKey: string): void {
  transport.forget(studyKey);
}

export async function fetchRendered(
  frame: Frame,
  window: Window | null,
  box: Size,
  signal: AbortSignal,
): Promise<ImageBitmap> {
  const { response } = await arrival(frame, renderedAddress(frame, { window, box }), true, signal);
  return createImageBitmap(await response.blob());
}

export async function fetchPicture(
  frame: Frame,
  window: Window | null,
  urgent: boolean,
  signal: AbortSignal,
): Promise<ImageBitmap> {
  const { response } = await arrival(
    frame,
    renderedAddress(frame, { window, type: "exact" }),
    urgent,
    signal,
  );
  return createImageBitmap(await response.blob());
}

export function fetchStored(frame: Frame, urgent: boolean, signal: AbortSignal): Promise<StoredValues> {
  const { rows, columns } = frame.instance;
  return fetchValues(frame, "", { width: columns, height: rows }, urgent, signal);
}

export async function fetchPart(frame: Frame, wish: PartWish, signal: AbortSignal): Promise<Part> {
  const { left, top, width, height } = wish.region;
  const query = `&region=${left},${top},${width},${height}&shrink=${wish.shrink}`;
  return { ...wish, values: await fetchValues(frame, query, partSize(wish), true, signal) };
}

async function fetchValues(
  frame: Frame,
  query: string,
  size: Size,
  urgent: boolean,
  signal: AbortSignal,
): Promise<StoredValues> {
  const { coding } = speed;
  const rest = `${frameAddress(frame, "stored")}?coding=${coding}${query}`;
  const { response, began } = await arrival(frame, rest, urgent, signal);
  const wire = new Uint8Array(await response.arrayBuffer());
  speed.took(Number(response.headers.get("Content-Length") ?? 0), performance.now() - began);
  const { bits_stored, signed } = frame.instance;
  const shape = { rows: size.height, columns: size.width, bits_stored, signed };
  return decoder.decode({ wire, shape, coding });
}

export function decodePreview(jpeg: Uint8Array<ArrayBuffer>): Promise<ImageBitmap> {
  return createImageBitmap(new Blob([jpeg], { type: "image/jpeg" }));
}
