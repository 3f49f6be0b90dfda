/**
 * The frame channel of one open study: one WebSocket, many wishes, cancelled by number. It opens when something is
 * asked for and closes when nothing was for a while; until it is open, and after it was lost, `ask` answers null.
 */

import { checked } from "../api/http";
import { Kept } from "./kept";
import { bytesRead } from "./meter";
import { refusal } from "./refused";
import { type Arrival, type Ask, Lost } from "./transport";

/** number (4), status (2), length of the headers (2), whether more follows (1), nothing (3): channel_writing.py */
const HEAD = 12;
const PAUSES = [1000, 4000, 15_000, 60_000, 300_000];
const SILENT = 8000;
/** Of a socket that never said anything yet: some proxies open it and let nothing through. */
const NEVER_HEARD = 2000;
const IDLE = 60_000;
const LOOK = 500;
const KEPT_BYTES = 128 << 20;
/** The server's rule: whoever asks may not see it any more (app/edge/websocket.POLICY). */
const POLICY = 1008;
const NOT_MADE = [204, 205, 304];

interface Waiting {
  readonly ask: Ask;
  readonly asked: number;
  began: number;
  status: number;
  headers: Record<string, string>;
  readonly parts: Uint8Array<ArrayBuffer>[];
  resolve(arrival: Arrival): void;
  reject(error: unknown): void;
}

function abortion(): DOMException {
  return new DOMException("no longer wished for", "AbortError");
}

function unpacked(body: Blob, encoding: string | undefined): BodyInit {
  return encoding === "gzip" ? body.stream().pipeThrough(new DecompressionStream("gzip")) : body;
}

export class Channel {
  readonly #address: string;
  readonly #studyKey: string;
  readonly #waiting = new Map<number, Waiting>();
  readonly #kept = new Kept(KEPT_BYTES);
  #socket: WebSocket | null = null;
  #isOpen = false;
  #hasAnswered = false;
  #number = 0;
  #failures = 0;
  #notBefore = 0;
  #heard = 0;
  #used = 0;
  #watch: ReturnType<typeof setInterval> | undefined;
  #asks: [number, string, number][] = [];
  #drops: number[] = [];

  constructor(studyKey: string) {
    this.#studyKey = studyKey;
    const { protocol, host } = globalThis.location;
    this.#address = `${protocol === "https:" ? "wss" : "ws"}://${host}/stream/${studyKey}/channel?accept=gzip`;
  }

  /** Null: not open now. Refuses with Lost when the socket goes before the answer came. */
  ask(ask: Ask): Promise<Arrival> | null {
    this.#used = performance.now();
    const kept = this.#kept.get(ask.rest);
    if (kept) return this.#arrival(kept.body, 200, kept.headers, this.#used);
    if (!this.#isOpen) {
      this.#open();
      return null;
    }
    return new Promise((resolve, reject) => this.#wish(ask, resolve, reject));
  }

  /** HTTP failed as well: no use in trying at once. */
  rest(): void {
    if (!this.#isOpen) this.#notBefore = Math.max(this.#notBefore, performance.now() + (PAUSES[0] ?? 0));
  }

  /** Nothing more is asked here; what was kept goes with this object. */
  stop(): void {
    this.#lost(this.#socket);
  }

  #wish(ask: Ask, resolve: (arrival: Arrival) => void, reject: (error: unknown) => void): void {
    if (ask.signal.aborted) {
      reject(abortion());
      return;
    }
    this.#number = (this.#number + 1) >>> 0;
    const number = this.#number;
    const asked = performance.now();
    if (this.#waiting.size === 0) this.#heard = asked;
    this.#waiting.set(number, {
      ask,
      asked,
      began: 0,
      status: 0,
      headers: {},
      parts: [],
      resolve,
      reject,
    });
    ask.signal.addEventListener("abort", () => this.#drop(number), { once: true });
    this.#asks.push([number, ask.rest, ask.urgent ? 0 : 1]);
    this.#saySoon();
  }

  #drop(number: number): void {
    const waiting = this.#waiting.get(number);
    if (!waiting) return;
    this.#waiting.delete(number);
    const unsaid = this.#asks.findIndex(([asked]) => asked === number);
    if (unsaid >= 0) this.#asks.splice(unsaid, 1);
    else {
      this.#drops.push(number);
      this.#saySoon();
    }
    waiting.reject(abortion());
  }

  /** What is asked in one turn of the event loop travels in one message. */
  #saySoon(): void {
    if (this.#asks.length + this.#drops.length > 1) return;
    queueMicrotask(() => {
      if (this.#isOpen && this.#asks.length + this.#drops.length > 0)
        this.#socket?.send(JSON.stringify({ ask: this.#asks, drop: this.#drops }));
      this.#asks = [];
      this.#drops = [];
    });
  }

  #open(): void {
    if (this.#socket || performance.now() < this.#notBefore) return;
    let socket: WebSocket;
    try {
      socket = new WebSocket(this.#address);
    } catch {
      this.#lost(null);
      return;
    }
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      this.#isOpen = true;
      this.#heard = performance.now();
      this.#watch = setInterval(() => this.#look(), LOOK);
    };
    socket.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
      if (this.#socket === socket) this.#take(data);
    };
    socket.onclose = (event) => {
      this.#lost(socket);
      if (event?.code === POLICY) refusal.value = { studyKey: this.#studyKey, status: 0 };
    };
    socket.onerror = () => this.#lost(socket);
  }

  /** The network may die without a word; a socket that nobody uses costs the server a thread. */
  #look(): void {
    const now = performance.now();
    const patience = this.#hasAnswered ? SILENT : NEVER_HEARD;
    if (this.#waiting.size > 0 && now - this.#heard > patience) this.#lost(this.#socket, !this.#hasAnswered);
    else if (this.#waiting.size === 0 && now - this.#used > IDLE) this.#close();
  }

  #close(): void {
    clearInterval(this.#watch);
    const socket = this.#socket;
    this.#socket = null;
    this.#isOpen = false;
    socket?.close();
  }

  #lost(socket: WebSocket | null, isForGood = false): void {
    if (socket !== this.#socket) return;
    this.#close();
    const pause = PAUSES[Math.min(this.#failures, PAUSES.length - 1)] ?? 0;
    this.#notBefore = isForGood ? Number.POSITIVE_INFINITY : performance.now() + pause;
    this.#failures += 1;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(new Lost(isForGood));
  }

  #take(message: ArrayBuffer): void {
    bytesRead.value += message.byteLength;
    const head = new DataView(message);
    const number = head.getUint32(0, true);
    const before = this.#heard;
    this.#heard = performance.now();
    this.#hasAnswered = true;
    const waiting = this.#waiting.get(number);
    if (!waiting) return;
    const length = head.getUint16(6, true);
    if (waiting.status === 0) {
      waiting.status = head.getUint16(4, true);
      waiting.began = Math.max(waiting.asked, before);
      waiting.headers = JSON.parse(new TextDecoder().decode(new Uint8Array(message, HEAD, length)));
    }
    waiting.parts.push(new Uint8Array(message, HEAD + length));
    if (head.getUint8(8) === 0) this.#finish(number, waiting);
  }

  #finish(number: number, { ask, status, headers, parts, began, resolve, reject }: Waiting): void {
    this.#waiting.delete(number);
    this.#failures = 0;
    const body = new Blob(parts, { type: headers["Content-Type"] ?? "" });
    if (status === 200 && headers["Cache-Control"] !== "no-store") this.#keep(ask.rest, body, headers);
    this.#arrival(body, status, headers, began).then(resolve, reject);
  }

  /** Without its length: what comes from here says nothing of the line's speed. */
  #keep(rest: string, body: Blob, { "Content-Length": _, ...headers }: Record<string, string>): void {
    this.#kept.set(rest, { body, headers });
  }

  async #arrival(
    body: Blob,
    status: number,
    headers: Record<string, string>,
    began: number,
  ): Promise<Arrival> {
    const content = NOT_MADE.includes(status) ? null : unpacked(body, headers["Content-Encoding"]);
    return { response: await checked(new Response(content, { status, headers })), began };
  }
}
