/** Mouse, pen and fingers on one plane. The first button is the chosen tool or takes a line; two fingers zoom and move. */

import type { Point } from "../annotations/model";
import type { Vector3 } from "../api/manifest";
import { WheelSteps } from "../tools/wheel";
import { adjusted } from "../tools/window";
import { ellipseBetween, type MeasureKind, POINTS_OF } from "./measures";
import type { PlaneModel } from "./plane_model";
import { crossLines, type Grip, gripAt, toScreen, turnBetween } from "./projection";
import type { VolumeSession } from "./session";
import { movedTo, normalOf, panned, pushed, rotated } from "./trio";
import { minus } from "./vectors";

/** What a press has begun; each move tells where the pointer was and is. */
interface Drag {
  move(from: Point, to: Point): void;
  end?(at: Point, hasMoved: boolean): void;
}

const REACH = { fine: 9, coarse: 22 } as const;
const STEP_PIXELS = 8;
const TAP = 6;

export class PlaneGestures {
  readonly #element: HTMLElement;
  readonly #session: VolumeSession;
  readonly #model: PlaneModel;
  readonly #controller = new AbortController();
  readonly #wheel = new WheelSteps();
  readonly #pressed = new Map<number, Point>();
  #drag: Drag | null = null;
  #start: Point = [0, 0];
  #hasMoved = false;

  constructor(element: HTMLElement, session: VolumeSession, model: PlaneModel) {
    this.#element = element;
    this.#session = session;
    this.#model = model;
    const { signal } = this.#controller;
    element.addEventListener("pointerdown", (event) => this.#down(event), { signal });
    element.addEventListener("pointermove", (event) => this.#moved(event), { signal });
    element.addEventListener("pointerup", (event) => this.#up(event), { signal });
    element.addEventListener("pointercancel", (event) => this.#up(event), { signal });
    element.addEventListener("wheel", (event) => this.#turned(event), { signal, passive: false });
    element.addEventListener("contextmenu", (event) => event.preventDefault(), { signal });
  }

  stop(): void {
    this.#controller.abort();
  }

  #place(event: PointerEvent): Point {
    const box = this.#element.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  #down(event: PointerEvent): void {
    const at = this.#place(event);
    this.#session.active.value = this.#model.name;
    this.#element.setPointerCapture(event.pointerId);
    this.#pressed.set(event.pointerId, at);
    if (this.#pressed.size > 1) {
      this.#drag = null;
      return;
    }
    [this.#start, this.#hasMoved] = [at, false];
    const isTouch = event.pointerType === "touch";
    if (event.button === 1) this.#drag = this.#panning();
    else if (event.button === 2) this.#drag = this.#zooming();
    else this.#drag = this.#begin(at, isTouch);
  }

  #moved(event: PointerEvent): void {
    const at = this.#place(event);
    const before = this.#pressed.get(event.pointerId);
    if (!before) {
      this.#hovered(at, event.pointerType === "touch");
      return;
    }
    if (this.#pressed.size === 2) this.#pinched(event.pointerId, before, at);
    if (Math.hypot(at[0] - this.#start[0], at[1] - this.#start[1]) > TAP) this.#hasMoved = true;
    this.#pressed.set(event.pointerId, at);
    this.#drag?.move(before, at);
  }

  #up(event: PointerEvent): void {
    if (!this.#pressed.delete(event.pointerId)) return;
    this.#drag?.end?.(this.#place(event), this.#hasMoved);
    this.#drag = null;
  }

  #hovered(at: Point, isTouch: boolean): void {
    const { measures } = this.#session;
    const draft = measures.draft.peek();
    const point = this.#model.pointAt(at);
    if (draft && point) {
      measures.draft.value = { ...draft, points: [...draft.points.slice(0, -1), point] };
      return;
    }
    const grip = this.#gripAt(at, isTouch);
    this.#element.dataset.grip = grip?.kind ?? "";
  }

  #begin(at: Point, isTouch: boolean): Drag | null {
    const tool = this.#session.tool.peek();
    if (tool === "ellipse") return this.#surrounding(at);
    if (tool === "length" || tool === "angle" || tool === "probe") return this.#measuring(tool, at);
    if (tool === "curve") return this.#curving(at, isTouch);
    const grip = this.#gripAt(at, isTouch);
    if (grip) return this.#gripped(grip);
    switch (tool) {
      case "cross":
        return isTouch ? this.#tapOrScroll() : this.#crossing(at);
      case "pan":
        return this.#panning();
      case "scroll":
        return this.#scrolling();
      case "window":
        return this.#windowing();
      case "zoom":
        return this.#zooming();
    }
  }

  /** A region is drawn in one drag, from corner to corner. */
  #surrounding(at: Point): Drag | null {
    const { measures } = this.#session;
    const screen = this.#model.projection.peek();
    const from = this.#model.pointAt(at);
    if (!screen || !from) return null;
    const to = (place: Point) => {
      const point = this.#model.pointAt(place);
      return point && ellipseBetween(from, point, screen);
    };
    return {
      move: (_, place) => {
        measures.draft.value = to(place);
      },
      end: (place, hasMoved) => {
        const drawn = to(place);
        if (hasMoved && drawn) measures.keep(drawn);
        else measures.draft.value = null;
      },
    };
  }

  #gripAt(at: Point, isTouch: boolean): Grip | null {
    const screen = this.#model.projection.peek();
    const { showsLines, trio } = this.#session;
    if (!screen || !showsLines.peek()) return null;
    const lines = crossLines(trio.peek(), this.#model.name, screen);
    return gripAt(lines, screen.size, at, isTouch ? REACH.coarse : REACH.fine);
  }

  #gripped(grip: Grip): Drag {
    const { name } = this.#model;
    return {
      move: (from, to) =>
        this.#session.change((trio, box) => {
          const screen = this.#model.projection.peek();
          const [before, now] = [this.#model.pointAt(from), this.#model.pointAt(to)];
          if (!screen || !before || !now) return trio;
          if (grip.kind === "turn")
            return rotated(trio, name, turnBetween(toScreen(screen, trio.focus), from, to));
          if (grip.kind === "line") return pushed(trio, grip.of, minus(now, before), box);
          return movedTo(trio, now, box);
        }),
    };
  }

  #crossing(at: Point): Drag {
    const go = (to: Point) => {
      const point = this.#model.pointAt(to);
      if (point) this.#session.change((trio, box) => movedTo(trio, point, box));
    };
    go(at);
    return { move: (_, to) => go(to) };
  }

  /** A finger that rests sets the focus; one that moves scrolls. */
  #tapOrScroll(): Drag {
    return {
      ...this.#scrolling(),
      end: (at, hasMoved) => {
        const point = this.#model.pointAt(at);
        if (!hasMoved && point) this.#session.change((trio, box) => movedTo(trio, point, box));
      },
    };
  }

  #panning(): Drag {
    return {
      move: ([x, y], [u, v]) => {
        const { millimetres = 1 } = this.#model.projection.peek() ?? {};
        const by: Point = [(u - x) * millimetres, (v - y) * millimetres];
        this.#session.change((trio) => panned(trio, this.#model.name, by));
      },
    };
  }

  #zooming(): Drag {
    return { move: ([, y], [, v]) => this.#session.zoomBy(1.01 ** (y - v)) };
  }

  #scrolling(): Drag {
    let sum = 0;
    return {
      move: ([, y], [, v]) => {
        sum += v - y;
        const steps = Math.trunc(sum / STEP_PIXELS);
        sum -= steps * STEP_PIXELS;
        if (steps !== 0) this.#session.scroll(this.#model.name, steps);
      },
    };
  }

  #windowing(): Drag {
    return {
      move: ([x, y], [u, v]) => {
        const { window } = this.#session;
        window.value = adjusted(window.peek(), u - x, v - y);
      },
    };
  }

  #pinched(id: number, before: Point, now: Point): void {
    const other = [...this.#pressed].find(([key]) => key !== id)?.[1];
    if (!other) return;
    const apart = ([x, y]: Point) => Math.max(1, Math.hypot(x - other[0], y - other[1]));
    this.#session.zoomBy(apart(now) / apart(before));
    this.#panning().move([before[0] / 2, before[1] / 2], [now[0] / 2, now[1] / 2]);
  }

  /** Press, drag and let go, or press for each point. */
  #measuring(kind: MeasureKind, at: Point): Drag | null {
    const { measures } = this.#session;
    const point = this.#model.pointAt(at);
    if (!point) return null;
    if (kind === "probe") {
      measures.keep({ kind, points: [point] });
      return null;
    }
    const draft = measures.draft.peek();
    const fixed = draft?.kind === kind ? [...draft.points.slice(0, -1), point] : [point];
    this.#draw(kind, fixed, point);
    return {
      move: (_, to) => {
        const moved = this.#model.pointAt(to);
        if (moved && measures.draft.peek()) this.#draw(kind, fixed, moved);
      },
      end: (to, hasMoved) => {
        const moved = this.#model.pointAt(to);
        if (hasMoved && moved) this.#draw(kind, [...fixed, moved], moved);
      },
    };
  }

  /** The points that stand and the one that follows; complete ones are kept. */
  #draw(kind: MeasureKind, fixed: readonly Vector3[], next: Vector3): void {
    const { measures } = this.#session;
    if (fixed.length >= POINTS_OF[kind]) measures.keep({ kind, points: fixed });
    else measures.draft.value = { kind, points: [...fixed, next] };
  }

  #curving(at: Point, isTouch: boolean): Drag | null {
    const { curve, trio } = this.#session;
    const screen = this.#model.projection.peek();
    const point = this.#model.pointAt(at);
    if (!screen || !point) return null;
    const reach = isTouch ? REACH.coarse : REACH.fine;
    const found = curve.points.peek().findIndex((known) => {
      const [x, y] = toScreen(screen, known);
      return Math.hypot(x - at[0], y - at[1]) <= reach;
    });
    const index = found >= 0 ? found : curve.points.peek().length;
    if (found < 0) curve.add(point, normalOf(trio.peek().views[this.#model.name]));
    return {
      move: (_, to) => {
        const moved = this.#model.pointAt(to);
        if (moved) curve.move(index, moved);
      },
    };
  }

  #turned(event: WheelEvent): void {
    event.preventDefault();
    this.#session.active.value = this.#model.name;
    if (event.ctrlKey || event.metaKey) {
      this.#session.zoomBy(1.0015 ** -event.deltaY);
      return;
    }
    // with Shift some browsers turn the wheel sideways
    const deltaY = event.deltaY || event.deltaX;
    const steps = this.#wheel.take({ deltaMode: event.deltaMode, deltaY });
    if (steps === 0) return;
    if (event.shiftKey) this.#session.thicken(-steps);
    else this.#session.scroll(this.#model.name, steps);
  }
}
