/** Sends own marks to the port: one message a mark at a time, each change starting from the revision kept last. */

import { ApiError } from "../api/http";
import type { AnnotationPort } from "../api/viewer_app";
import type { Annotation } from "./model";

export interface OutboxListener {
  confirmed(annotation: Annotation): void;
  refused(id: string, error: unknown): void;
  /** the mark was changed or removed elsewhere: this and every waiting change of it is given up for what is there now */
  overtaken(id: string, by: Annotation | null, changes: number, error: unknown): void;
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
      const changes = await this.#sendOne({ ...next, revision: this.#listener.revision(id) }, waiting);
      waiting.splice(0, changes);
    }
    this.#waiting.delete(id);
  }

  /** How many of the waiting changes that was the answer to. */
  async #sendOne(annotation: Annotation, waiting: readonly Annotation[]): Promise<number> {
    try {
      if (annotation.deleted) {
        await this.#port.delete(annotation);
        this.#listener.confirmed({ ...annotation, revision: annotation.revision + 1 });
      } else {
        this.#listener.confirmed(await this.#port.put(annotation));
      }
    } catch (error) {
      const newest = await this.#newest(annotation, error);
      if (newest !== undefined) {
        this.#listener.overtaken(annotation.id, newest, waiting.length, error);
        return waiting.length;
      }
      this.#listener.refused(annotation.id, error);
    }
    return 1;
  }

  /** The mark that overtook this change, null when it was removed; undefined: it was refused for another reason. */
  async #newest({ id, study_id }: Annotation, error: unknown): Promise<Annotation | null | undefined> {
    if (!(error instanceof ApiError) || error.status !== 409 || !this.#port.list) return undefined;
    const marks = await this.#port.list(study_id).catch(() => null);
    return marks ? (marks.find((mark) => mark.id === id) ?? null) : undefined;
  }
}
