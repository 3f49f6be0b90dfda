/** What came over the channel, as it came, up to a number of bytes: what HTTP's cache is for HTTP. The browser may lay it on disk. */

export interface Packed {
  readonly body: Blob;
  readonly headers: Record<string, string>;
}

export class Kept {
  readonly #limit: number;
  readonly #found = new Map<string, Packed>();
  #size = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get(address: string): Packed | undefined {
    const found = this.#found.get(address);
    if (found) {
      this.#found.delete(address);
      this.#found.set(address, found);
    }
    return found;
  }

  set(address: string, packed: Packed): void {
    this.#size += packed.body.size - (this.#found.get(address)?.body.size ?? 0);
    this.#found.delete(address);
    this.#found.set(address, packed);
    for (const [oldest, { body }] of this.#found) {
      if (this.#size <= this.#limit) return;
      this.#found.delete(oldest);
      this.#size -= body.size;
    }
  }
}
