/** Sends own marks to the port: one message a mark at a time, each change starting from the revision kept last. */

import type { AnnotationPort } from "../api/viewer_app";
import type { Annotation } from "./model";

export interface OutboxListener {
  confirmed(annotation: Annotation): void;
  refused(id: string, error: unknown): void;
  /** what the server knows of the mark; 0 when nothing */
  revision(id: string): number;
}

export class Outbox {
  readonly #port: AnnotationPort;
  readonly #listener: OutboxListener;
  readonly #waiting = new Map<string, Annotation[]>();

  constructor(port: AnnotationPort, listener: OutboxListener) {
    this.#port = port;
    this.#listener = listener;
  }

  send(annotation: Annotation): void {
    const waiting = this.#waiting.get(annotation.id);
    if (waiting) {
      waiting.push(annotation);
      return;
    }
    this.#waiting.set(annotation.id, [annotation]);
    void this.#drain(annotation.id);
  }

  async #drain(id: string): Promise<void> {
    const waiting = this.#waiting.get(id) ?? [];
    for (let next = waiting[0]; next; next = waiting[0]) {
      await this.#sendOne({ ...next, revision: this.#listener.revision(id) });
      waiting.shift();
    }
    this.#waiting.delete(id);
  }

  async #sendOne(annotation: Annotation): Promise<void> {
    try {
      if (annotation.deleted) {
        await this.#port.delete(annotation);
        this.#listener.confirmed({ ...annotation, revision: annotation.revision + 1 });
      } else {
        this.#listener.confirmed(await this.#port.put(annotation));
      }
    } catch (error) {
      this.#listener.refused(annotation.id, error);
    }
  }
}
