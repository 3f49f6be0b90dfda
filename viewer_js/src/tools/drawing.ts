/** Drawing a mark point by point: by drags, by clicks, or by keys; all kinds alike. */

import type { MarkDesk } from "../annotations/desk";
import { KINDS } from "../annotations/kinds";
import type { Annotation, AnnotationKind, Point } from "../annotations/model";
import type { Frame } from "../stream/stack";
import { editDrag, markAt, nearImage } from "./edit";
import type { Drag, Tool, ToolContext, ToolPoint } from "./tool";

/** The mark in the making; the last of `placed` moves. */
export class Drawing {
  readonly #desk: MarkDesk;
  readonly #kind: AnnotationKind;
  readonly #frame: Frame;
  #annotation: Annotation;
  #placed: Point[];

  constructor(desk: MarkDesk, kind: AnnotationKind, frame: Frame, at: Point) {
    this.#desk = desk;
    this.#kind = kind;
    this.#frame = frame;
    this.#placed = [nearImage(frame, at)];
    this.#annotation = desk.start(kind, frame, this.moving);
  }

  get moving(): Point {
    return this.#placed.at(-1) ?? [0, 0];
  }

  moveTo(point: Point): void {
    this.#placed = [...this.#placed.slice(0, -1), nearImage(this.#frame, point)];
    this.#show();
  }

  /** Fixes the moving point; true when that was the last. */
  place(): boolean {
    if (this.#placed.length >= KINDS[this.#kind].steps) {
      this.#finish();
      return true;
    }
    this.#placed = [...this.#placed, this.moving];
    this.#show();
    return false;
  }

  cancel(): void {
    this.#desk.dropDraft();
  }

  #show(): void {
    const points = KINDS[this.#kind].points(this.#placed);
    this.#annotation = { ...this.#annotation, points } as Annotation;
    this.#desk.sketch(this.#annotation);
  }

  #finish(): void {
    if (KINDS[this.#kind].asksText === "never") {
      this.#desk.commit(this.#annotation);
      return;
    }
    this.#desk.dropDraft();
    this.#desk.typing.value = this.#annotation;
  }
}

/** A press and release this near to each other is a click: the next point then follows the pointer. */
const CLICK = 4;

function isClick({ screen: [x0, y0] }: ToolPoint, { screen: [x1, y1] }: ToolPoint): boolean {
  return Math.hypot(x1 - x0, y1 - y0) < CLICK;
}

/** Placing points with a pointer: each drag or each click places one. */
export function drawDrag(drawing: Drawing, from: ToolPoint, steps: number): Drag {
  let pressed: ToolPoint | null = from;
  // of several points the first is placed by the press itself
  if (steps > 1) drawing.place();
  return {
    move(to) {
      drawing.moveTo(to.image);
    },
    end(at) {
      const start = pressed;
      pressed = null;
      drawing.moveTo(at.image);
      if (start && steps > 1 && isClick(start, at)) return "more";
      return drawing.place() ? "done" : "more";
    },
    cancel: () => drawing.cancel(),
  };
}

/** A tool that draws one kind of mark; on a mark of one's own it edits that instead. */
export function markTool(kind: AnnotationKind, look: Pick<Tool, "icon" | "key" | "name">): Tool {
  const begin = (context: ToolContext, at: ToolPoint): Drag | null => {
    const hit = markAt(context, at);
    if (hit?.handle != null && context.desk.isOwn(hit.annotation)) {
      context.desk.selectedId.value = hit.annotation.id;
      // a click on a text with the text tool goes on writing it: letters would be commands otherwise
      const isText = kind === "text" && hit.annotation.kind === "text";
      return editDrag(context, hit, at, (mark) => {
        if (isText) context.desk.typing.value = mark;
      });
    }
    const frame = context.viewport.frame.peek();
    if (!frame || !context.desk.canWrite) return null;
    return drawDrag(new Drawing(context.desk, kind, frame, at.image), at, KINDS[kind].steps);
  };
  return { ...look, id: kind, cursor: "crosshair", makesMarks: true, begin };
}
