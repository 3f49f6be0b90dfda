/** Hands decoding to a worker. Until it is there, and where there is none, small frames are decoded on the spot. */

import type { StoredValues } from "../viewport/window";
import { decode, type Job } from "./decode";
import type { Done } from "./decode_worker";
import { WireError } from "./wire";

/** Below this many pixels a frame takes a few milliseconds. */
const SMALL = 600_000;

interface Waiting {
  resolve(values: StoredValues): void;
  reject(error: Error): void;
}

export class Decoder {
  #worker: Worker | null = null;
  #isReady = false;
  #isBroken = typeof Worker === "undefined";
  #number = 0;
  readonly #waiting = new Map<number, Waiting & { job: Job }>();

  decode(job: Job): Promise<StoredValues> {
    this.#start();
    const isSmall = job.shape.rows * job.shape.columns <= SMALL;
    if (!this.#worker || this.#isBroken || (isSmall && !this.#isReady)) return Promise.resolve(decode(job));
    const worker = this.#worker;
    return new Promise((resolve, reject) => {
      const number = ++this.#number;
      this.#waiting.set(number, { resolve, reject, job });
      // a copy stays here only while the worker may still fail to start
      worker.postMessage({ number, ...job }, this.#isReady ? [job.wire.buffer] : []);
    });
  }

  #start(): void {
    if (this.#worker || this.#isBroken) return;
    try {
      this.#worker = new Worker(new URL("./decode_worker.ts", import.meta.url), { type: "module" });
    } catch {
      this.#isBroken = true;
      return;
    }
    this.#worker.onmessage = ({ data }: MessageEvent<Done | "ready">) => {
      if (data === "ready") this.#isReady = true;
      else this.#done(data);
    };
    this.#worker.onerror = () => this.#failed();
  }

  #done({ number, values, problem }: Done): void {
    const waiting = this.#waiting.get(number);
    this.#waiting.delete(number);
    if (values) waiting?.resolve(values);
    else waiting?.reject(new WireError(problem ?? ""));
  }

  /** A worker that cannot be had: its work is done here. */
  #failed(): void {
    this.#isBroken = true;
    this.#worker?.terminate();
    for (const { job, resolve, reject } of this.#waiting.values()) {
      if (job.wire.byteLength === 0) reject(new WireError("the decoder stopped"));
      else resolve(decode(job));
    }
    this.#waiting.clear();
  }
}

export const decoder = new Decoder();
