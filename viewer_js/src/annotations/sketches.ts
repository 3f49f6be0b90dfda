/** Marks while they are drawn: ours on the way out at most 20 a second, others' shown until news stop. */

import { signal } from "@preact/signals";
import type { AnnotationPort } from "../api/viewer_app";
import type { Annotation } from "./model";

const EVERY = 50;
const LASTS = 5000;

/** So many points of a line drawn freely show its course while it grows; whole numbers are near enough for that. */
const MOST_POINTS = 80;

function lightened(annotation: Annotation): Annotation {
  const { points } = annotation;
  const every = Math.ceil(points.length / MOST_POINTS);
  if (every === 1) return annotation;
  const kept = points.filter((_, i) => i % every === 0 || i === points.length - 1);
  return { ...annotation, points: kept.map(([x, y]) => [Math.round(x), Math.round(y)]) };
}

export class Sketches {
  readonly current = signal<readonly Annotation[]>([]);
  readonly #port: AnnotationPort | undefined;
  readonly #ends = new Map<string, ReturnType<typeof setTimeout>>();
  #sentAt = Number.NEGATIVE_INFINITY;
  #late: ReturnType<typeof setTimeout> | null = null;

  constructor(port: AnnotationPort | undefined) {
    this.#port = port;
  }

  /** The newest is always sent in the end, unless stop() comes first. */
  send(annotation: Annotation): void {
    this.stop();
    const wait = EVERY - (performance.now() - this.#sentAt);
    if (wait <= 0) this.#sendNow(annotation);
    else this.#late = setTimeout(() => this.#sendNow(annotation), wait);
  }

  stop(): void {
    if (this.#late !== null) clearTimeout(this.#late);
    this.#late = null;
  }

  receive(annotation: Annotation): void {
    this.forget(annotation.id);
    this.current.value = [...this.current.peek(), annotation];
    this.#ends.set(
      annotation.id,
      setTimeout(() => this.forget(annotation.id), LASTS),
    );
  }

  forget(id: string): void {
    clearTimeout(this.#ends.get(id));
    if (this.#ends.delete(id)) this.current.value = this.current.peek().filter((sketch) => sketch.id !== id);
  }

  #sendNow(annotation: Annotation): void {
    this.#sentAt = performance.now();
    this.#late = null;
    this.#port?.sketch(lightened(annotation));
  }
}
