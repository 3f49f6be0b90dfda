/** Own marks the server has not answered yet, kept in the tab so that loading the page again does not lose them. */

import type { Annotation } from "./model";

export class UnsentMarks {
  readonly #storage: Pick<Storage, "getItem" | "removeItem" | "setItem">;
  readonly #key: string;

  /** Each person's are apart: the next one to sign in in this tab does not send them. */
  constructor(storage: Pick<Storage, "getItem" | "removeItem" | "setItem">, personId: string) {
    this.#storage = storage;
    this.#key = `hoichan-unsent-marks-${personId}`;
  }

  read(): Annotation[] {
    try {
      const kept: unknown = JSON.parse(this.#storage.getItem(this.#key) ?? "[]");
      return Array.isArray(kept) ? (kept as Annotation[]) : [];
    } catch {
      return []; // what cannot be read cannot be sent
    }
  }

  write(marks: readonly Annotation[]): void {
    try {
      if (marks.length === 0) this.#storage.removeItem(this.#key);
      else this.#storage.setItem(this.#key, JSON.stringify(marks));
    } catch {
      // full or forbidden: the marks live on in memory, only loading the page again would lose them
    }
  }
}
