/** Drawing a mark point by point: by drags, by clicks, or by keys; all kinds alike. */

import type { MarkDesk } from "../annotations/desk";
import { KINDS, type Kind, settledMark } from "../annotations/kinds";
import type { Annotation, AnnotationKind, Point } from "../annotations/model";
import { nextVertebra } from "../annotations/spine";
import type { Frame } from "../stream/stack";
import { aspectOf } from "../viewport/geometry";
import { editDrag, markAt, nearImage } from "./edit";
import type { Drag, ToolContext, ToolPoint } from "./tool";

/** The mark in the making; the last of `placed` moves. */
export class Drawing {
  readonly #desk: MarkDesk;
  readonly #kind: AnnotationKind;
  readonly #frame: Frame;
  readonly #aspect: number;
  #annotation: Annotation;
  #placed: Point[];

  constructor(desk: MarkDesk, kind: AnnotationKind, frame: Frame, at: Point) {
    this.#desk = desk;
    this.#kind = kind;
    this.#frame = frame;
    this.#aspect = aspectOf({ spacing: frame.spacing, aspect: frame.instance.aspect });
    this.#placed = [nearImage(frame, at)];
    const { graphicType, points } = KINDS[kind];
    this.#annotation = desk.start(kind, graphicType, frame, points([this.moving], 1));
  }

  get moving(): Point {
    return this.#placed.at(-1) ?? [0, 0];
  }

  /** The moving point begins the second of two lines: it is placed by a press, like the first of all. */
  get startsLine(): boolean {
    return KINDS[this.#kind].steps === 4 && this.#placed.length === 3;
  }

  moveTo(point: Point): void {
    this.#placed = [...this.#placed.slice(0, -1), nearImage(this.#frame, point)];
    this.#show();
  }

  /** Fixes the moving point; true when that was the last. Of as many as one likes the last is placed twice. */
  place(): boolean {
    if (this.#isTwice()) return this.end();
    if (this.#placed.length >= KINDS[this.#kind].steps) {
      this.#finish();
      return true;
    }
    this.#placed = [...this.#placed, this.moving];
    this.#show();
    return false;
  }

  /** Ends a line of as many points as one likes before the moving one; false while it has too few. */
  end(): boolean {
    const placed = this.#placed.slice(0, -1);
    if (placed.length < (KINDS[this.#kind].fewest ?? 0)) return false;
    this.#placed = placed;
    this.#show();
    this.#finish();
    return true;
  }

  cancel(): void {
    this.#desk.dropDraft();
  }

  #isTwice(): boolean {
    const [before, now] = this.#placed.slice(-2);
    if (!KINDS[this.#kind].fewest || !before || !now) return false;
    return before[0] === now[0] && before[1] === now[1];
  }

  #show(): void {
    const points = KINDS[this.#kind].points(this.#placed, this.#aspect);
    this.#annotation = { ...this.#annotation, points } as Annotation;
    this.#desk.sketch(this.#annotation);
  }

  #finish(): void {
    const [first = [0, 0], ...rest] = this.#placed;
    if (rest.length > 0 && rest.every(([x, y]) => x === first[0] && y === first[1])) {
      // a mark without any size would only be in the way
      this.cancel();
      return;
    }
    const asks = KINDS[this.#kind].asksText;
    const { study_id, author } = this.#annotation;
    const next = asks === "next" ? nextVertebra(this.#desk.all.peek(), study_id, author.id) : null;
    if (asks === "never" || next) {
      const text = next ?? this.#annotation.text;
      this.#desk.commit(settledMark({ ...this.#annotation, text } as Annotation));
      return;
    }
    this.#desk.dropDraft();
    this.#desk.typing.value = this.#annotation;
  }
}

/** A press and release this near to each other is a click: the next point then follows the pointer. */
const CLICK = 4;
/** A line drawn freely has a point each so many CSS pixels. */
const STROKE = 2;

function isNear({ screen: [x0, y0] }: ToolPoint, { screen: [x1, y1] }: ToolPoint, reach = CLICK): boolean {
  return Math.hypot(x1 - x0, y1 - y0) < reach;
}

/** Placing points with a pointer: each drag or each click places one. */
export function drawDrag(drawing: Drawing, from: ToolPoint, steps: number): Drag {
  let pressed: ToolPoint | null = from;
  // of several points the first is placed by the press itself
  if (steps > 1) drawing.place();
  return {
    press(at) {
      drawing.moveTo(at.image);
      if (!drawing.startsLine) return;
      drawing.place();
      pressed = at;
    },
    move(to) {
      drawing.moveTo(to.image);
    },
    end(at) {
      const start = pressed;
      pressed = null;
      drawing.moveTo(at.image);
      if (start && steps > 1 && isNear(start, at)) return "more";
      return drawing.place() ? "done" : "more";
    },
    cancel: () => drawing.cancel(),
  };
}

/**
 * As many points as one likes: a drag draws freely where the kind is drawn so, clicks place corners. A click on the
 * last point (a double click) or, where the line closes, on the first is the end.
 */
export function drawManyDrag(drawing: Drawing, from: ToolPoint, { stroke, closed }: Kind): Drag {
  let pressed: ToolPoint | null = from;
  let last = from;
  let isStroke = false;
  drawing.place();
  return {
    move(to) {
      drawing.moveTo(to.image);
      if (!stroke || !pressed || isNear(last, to, STROKE)) return;
      isStroke ||= !isNear(pressed, to);
      if (isStroke) {
        drawing.place();
        last = to;
      }
    },
    end(at) {
      const start = pressed;
      pressed = null;
      if (isStroke) return drawing.end() ? "done" : drop(drawing);
      if (start && isNear(start, at)) return "more";
      const isEnd = isNear(last, at) || (closed && isNear(from, at, at.reach));
      if (isEnd) return drawing.end() ? "done" : "more";
      drawing.moveTo(at.image);
      drawing.place();
      last = at;
      return "more";
    },
    cancel: () => drawing.cancel(),
  };
}

function drop(drawing: Drawing): "done" {
  drawing.cancel();
  return "done";
}

/** A press with the tool of one kind of mark; on a mark of one's own it edits that instead. */
export function beginMark(kind: AnnotationKind, context: ToolContext, at: ToolPoint): Drag | null {
  const hit = markAt(context, at);
  if (hit?.handle != null && context.desk.isOwn(hit.annotation)) {
    context.desk.selectedId.value = hit.annotation.id;
    // a click on a text with the text tool goes on writing it: letters would be commands otherwise
    const isText = kind === hit.annotation.kind && (kind === "text" || kind === "spine_label");
    return editDrag(context, hit, at, (mark) => {
      if (isText) context.desk.typing.value = mark;
    });
  }
  const frame = context.viewport.frame.peek();
  if (!frame || !context.desk.canWrite) return null;
  const drawing = new Drawing(context.desk, kind, frame, at.image);
  return KINDS[kind].fewest
    ? drawManyDrag(drawing, at, KINDS[kind])
    : drawDrag(drawing, at, KINDS[kind].steps);
}
