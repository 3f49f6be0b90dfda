/** Masks and overlays of the server, a byte for each pixel: few at a time, the newest wish first, kept while wanted. */

import { request } from "../api/http";

const AT_ONCE = 3;
const WAITING = 16;
const KEPT_BYTES = 64 << 20;

export class Masks {
  readonly #kept = new Map<string, Uint8Array>();
  readonly #gone = new Set<string>();
  readonly #waiting: string[] = [];
  readonly #running = new Set<string>();
  readonly #onChange: () => void;
  #bytes = 0;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** What is here of an address; otherwise it is asked for, and onChange tells when it has come. */
  get(address: string): Uint8Array | null {
    const found = this.#kept.get(address);
    if (found) {
      this.#kept.delete(address);
      this.#kept.set(address, found); // the newest last
      return found;
    }
    if (!this.#gone.has(address) && !this.#running.has(address)) this.#want(address);
    return null;
  }

  #want(address: string): void {
    const at = this.#waiting.indexOf(address);
    if (at >= 0) this.#waiting.splice(at, 1);
    this.#waiting.push(address);
    if (this.#waiting.length > WAITING) this.#waiting.shift();
    this.#next();
  }

  #next(): void {
    while (this.#running.size < AT_ONCE) {
      const address = this.#waiting.pop();
      if (address === undefined) return;
      this.#running.add(address);
      void this.#load(address);
    }
  }

  async #load(address: string): Promise<void> {
    try {
      const answer = await request(address);
      this.#keep(address, new Uint8Array(await answer.arrayBuffer()));
    } catch {
      this.#gone.add(address); // it has none, or the line broke: the picture stays without it until it is opened again
    }
    this.#running.delete(address);
    this.#onChange();
    this.#next();
  }

  #keep(address: string, values: Uint8Array): void {
    this.#kept.set(address, values);
    this.#bytes += values.length;
    for (const [oldest, { length }] of this.#kept) {
      if (this.#bytes <= KEPT_BYTES || oldest === address) break;
      this.#kept.delete(oldest);
      this.#bytes -= length;
    }
  }
}
