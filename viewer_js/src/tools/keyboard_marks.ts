/**
 * Marks without a pointer. With a mark tool chosen Enter begins in the middle of the viewport; the arrow keys move
 * the point (Shift: ten times as far), Enter places it, Enter twice ends a line of many points. Enter on a selected
 * mark takes its handles one after the other.
 */

import { hasHandle } from "../annotations/hit";
import { settledMark } from "../annotations/kinds";
import type { Annotation, AnnotationKind, Point } from "../annotations/model";
import { apply, inverted } from "../viewport/geometry";
import type { ViewportModel } from "../viewport/model";
import { Drawing } from "./drawing";
import { movedPoints } from "./edit";
import type { ToolContext } from "./tool";

const STEPS: Record<string, Point> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
/** CSS pixels */
const FAR = 10;

/** The image point after a step on the screen. */
function stepped(viewport: ViewportModel, from: Point, [dx, dy]: Point, far: boolean): Point {
  const toScreen = viewport.toScreen.peek();
  const [x, y] = apply(toScreen, from);
  const pace = far ? FAR : 1;
  return apply(inverted(toScreen), [x + dx * pace, y + dy * pace]);
}

export class KeyboardMarks {
  readonly #context: () => ToolContext;
  #drawing: Drawing | null = null;
  #editing: { mark: Annotation; handle: number } | null = null;

  constructor(context: () => ToolContext) {
    this.#context = context;
  }

  get isBusy(): boolean {
    return this.#drawing !== null || this.#editing !== null;
  }

  /** True when the key was for a mark. `kind`: what the chosen tool draws. */
  handle(event: Pick<KeyboardEvent, "key" | "shiftKey">, kind: AnnotationKind | null): boolean {
    const step = STEPS[event.key];
    if (step && this.isBusy) return this.#move(step, event.shiftKey);
    if (event.key === "Enter") return this.#enter(kind);
    if (event.key === "Escape") return this.cancel();
    return false;
  }

  cancel(): boolean {
    const wasBusy = this.isBusy;
    if (wasBusy) this.#context().desk.dropDraft();
    this.#drawing = null;
    this.#editing = null;
    return wasBusy;
  }

  #enter(kind: AnnotationKind | null): boolean {
    if (this.#drawing) {
      if (this.#drawing.place()) this.#drawing = null;
      return true;
    }
    if (this.#editing) return this.#nextHandle();
    return this.#editSelected() || this.#begin(kind);
  }

  #begin(kind: AnnotationKind | null): boolean {
    const { viewport, desk } = this.#context();
    const frame = viewport.frame.peek();
    if (!kind || !frame || !desk.canWrite) return false;
    const { width, height } = viewport.size.peek();
    const middle = apply(inverted(viewport.toScreen.peek()), [width / 2, height / 2]);
    this.#drawing = new Drawing(desk, kind, frame, middle);
    desk.sketch(desk.draft.peek() as Annotation);
    return true;
  }

  #editSelected(): boolean {
    const { desk } = this.#context();
    const mark = desk.selected.peek();
    if (!mark || !desk.isOwn(mark)) return false;
    this.#editing = { mark, handle: 0 };
    desk.draft.value = mark;
    return true;
  }

  #nextHandle(): boolean {
    const { desk } = this.#context();
    const { mark, handle } = this.#editing as { mark: Annotation; handle: number };
    const next = mark.points.findIndex((_, at) => at > handle && hasHandle(mark.points, at));
    if (next > 0) {
      this.#editing = { mark, handle: next };
      return true;
    }
    this.#editing = null;
    desk.commit(settledMark(mark));
    return true;
  }

  #move(step: Point, far: boolean): boolean {
    const { viewport, desk } = this.#context();
    if (this.#drawing) {
      this.#drawing.moveTo(stepped(viewport, this.#drawing.moving, step, far));
      return true;
    }
    const frame = viewport.frame.peek();
    if (!this.#editing || !frame) return false;
    const { mark, handle } = this.#editing;
    const to = stepped(viewport, mark.points[handle] as Point, step, far);
    const moved = { ...mark, points: movedPoints(mark, frame, handle, to), values: null } as Annotation;
    this.#editing = { mark: moved, handle };
    desk.sketch(moved);
    return true;
  }
}
