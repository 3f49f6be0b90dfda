/**
 * Sends own marks to the port, each change starting from the revision it was made on. What gets no answer stays and is
 * sent again in its order; only a refusal takes a change back.
 */

import { computed, signal } from "@preact/signals";
import { ApiError, isBrokenLine } from "../api/http";
import { askBeforeLeaving } from "../api/leaving";
import type { AnnotationPort } from "../api/viewer_app";
import { t } from "../i18n/translate";
import { Line } from "../stream/line";
import type { Annotation } from "./model";

export interface OutboxListener {
  confirmed(annotation: Annotation): void;
  refused(id: string, error: unknown): void;
  /** the mark was changed or removed elsewhere: this and every waiting change of it is given up for what is there now */
  overtaken(id: string, by: Annotation | null, changes: number, error: unknown): void;
  /** what the server knows of the mark; 0 when nothing */
  revision(id: string): number;
  /** there where nothing is kept of this person: told so */
  readonly unkept: ((reason: Error) => void) | undefined;
}

const NONE: ReadonlySet<string> = new Set();

export class Outbox {
  readonly #port: AnnotationPort;
  readonly #listener: OutboxListener;
  /** one lane for all marks where they wait here; where the port keeps them itself, one for each, so that it has all */
  readonly #lanes = new Map<string, Annotation[]>();
  readonly #resumes: (() => void)[] = [];
  readonly #line = new Line(() => {
    for (const resume of this.#resumes.splice(0)) resume();
  });
  readonly #waiting = signal(NONE);
  #hasSaid = false;
  /** marks that wait for the line */
  readonly unsaved = computed(() => (this.#line.broken.value ? this.#waiting.value : NONE));

  constructor(port: AnnotationPort, listener: OutboxListener) {
    this.#port = port;
    this.#listener = listener;
    if (port.unsent) askBeforeLeaving(() => this.#waiting.value.size > 0);
  }

  send(annotation: Annotation): void {
    if (this.#listener.unkept) this.#sayOnce(this.#listener.unkept);
    else this.#add({ ...annotation, revision: this.#listener.revision(annotation.id) });
  }

  #sayOnce(tell: (reason: Error) => void): void {
    if (!this.#hasSaid) tell(new Error(t("This mark is not kept: your role may look, not mark.")));
    this.#hasSaid = true;
  }

  /** Sends what an earlier page of this tab could not; the marks, to be shown meanwhile. */
  restore(): readonly Annotation[] {
    const kept = this.#port.unsent?.read() ?? [];
    for (const annotation of kept) this.#add(annotation);
    return kept;
  }

  retryNow(): void {
    this.#line.retryNow();
  }

  #add(annotation: Annotation): void {
    const lane = this.#port.unsent ? "" : annotation.id;
    const waiting = this.#lanes.get(lane);
    this.#lanes.set(lane, [...(waiting ?? []), annotation]);
    this.#changed();
    if (!waiting) void this.#drain(lane);
  }

  #changed(): void {
    const all = [...this.#lanes.values()].flat();
    this.#waiting.value = new Set(all.map(({ id }) => id));
    this.#port.unsent?.write(all);
  }

  async #drain(lane: string): Promise<void> {
    for (let next = this.#lanes.get(lane)?.[0]; next; next = this.#lanes.get(lane)?.[0]) {
      const settle = await this.#answer(next);
      const waiting = this.#lanes.get(lane) ?? [];
      this.#lanes.set(lane, settle(waiting));
      this.#changed();
    }
    this.#lanes.delete(lane);
  }

  /** Sends until there is an answer; what then still waits. */
  async #answer(annotation: Annotation): Promise<Settle> {
    for (;;) {
      try {
        const settle = await this.#sendOne(annotation);
        this.#line.worked();
        return settle;
      } catch (error) {
        if (!this.#port.unsent || !isBrokenLine(error)) {
          this.#line.worked();
          this.#listener.refused(annotation.id, error);
          return ([, ...rest]) => rest;
        }
      }
      const resumed = new Promise<void>((resume) => this.#resumes.push(resume));
      this.#line.failed();
      await resumed;
    }
  }

  /** Throws when it was refused for itself, or not answered. */
  async #sendOne(annotation: Annotation): Promise<Settle> {
    try {
      this.#listener.confirmed(await this.#kept(annotation));
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 409 || !this.#port.list) throw error;
      const marks = await this.#port.list(annotation.study_id);
      const by = marks.find(({ id }) => id === annotation.id) ?? null;
      return (waiting) => {
        const others = waiting.filter(({ id }) => id !== annotation.id);
        this.#listener.overtaken(annotation.id, by, waiting.length - others.length, error);
        return others;
      };
    }
    // later changes of the mark were drawn on this one
    const revision = this.#listener.revision(annotation.id);
    return ([, ...rest]) => rest.map((one) => (one.id === annotation.id ? { ...one, revision } : one));
  }

  async #kept(annotation: Annotation): Promise<Annotation> {
    if (!annotation.deleted) return this.#port.put(annotation);
    await this.#port.delete(annotation);
    return { ...annotation, revision: annotation.revision + 1 };
  }
}

/** What still waits in a lane after an answer to its first. */
type Settle = (waiting: readonly Annotation[]) => Annotation[];
