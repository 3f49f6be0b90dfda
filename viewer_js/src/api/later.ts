/** Code that the first image does not need: fetched once, by whoever needs it first. */

import { signal } from "@preact/signals";
import { fetched } from "../i18n/fetched";

export class Later<T> {
  readonly #here = signal<T | null>(null);
  readonly #load: () => Promise<T>;
  #coming: Promise<T> | null = null;

  constructor(load: () => Promise<T>) {
    this.#load = load;
  }

  /** Null until it has come; whoever read it in an effect or a component is told then. */
  get here(): T | null {
    return this.#here.value;
  }

  peek(): T | null {
    return this.#here.peek();
  }

  /** Where the line breaks it is refused, and the next one asks again. */
  fetch(): Promise<T> {
    this.#coming ??= fetched(this.#load).then(
      (found) => {
        this.#here.value = found;
        return found;
      },
      (error: unknown) => {
        this.#coming = null;
        throw error;
      },
    );
    return this.#coming;
  }

  /** At once where it is here, else when it has come; never where the line breaks. */
  use(user: (found: T) => void): void {
    const here = this.#here.peek();
    if (here) user(here);
    else this.fetch().then(user, () => {});
  }

  /** Asks, where nobody waits for the answer. */
  want(): void {
    this.fetch().catch(() => {});
  }
}
