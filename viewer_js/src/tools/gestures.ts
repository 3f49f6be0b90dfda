/**
 * Mouse, pen and fingers in one code path. The left button, the pen's tip and one finger are the chosen tool; the
 * right button zooms, the middle one moves; two fingers: see two_fingers.ts. The wheel scrolls, with Ctrl it zooms.
 */

import type { Point } from "../annotations/model";
import { apply, inverted } from "../viewport/geometry";
import { markHands } from "./mark_hands";
import { pan } from "./pan";
import { type Drag, REACH, type Tool, type ToolContext, type ToolPoint } from "./tool";
import { TwoFingers } from "./two_fingers";
import { WheelSteps } from "./wheel";
import { zoom } from "./zoom";

export interface GestureOptions {
  readonly context: ToolContext;
  tool(): Tool;
  /** the person has touched this viewport */
  activate(): void;
  hover(point: ToolPoint | null): void;
  doubleClick(point: ToolPoint): void;
  wheel(images: number): void;
}

interface Pressed {
  at: Point;
}

export class Gestures {
  readonly #element: HTMLElement;
  readonly #options: GestureOptions;
  readonly #pressed = new Map<number, Pressed>();
  readonly #wheel = new WheelSteps();
  readonly #listening = new AbortController();
  #drag: { drag: Drag; pointer: number } | null = null;
  #two: TwoFingers | null = null;

  constructor(element: HTMLElement, options: GestureOptions) {
    this.#element = element;
    this.#options = options;
    const { signal } = this.#listening;
    element.addEventListener("pointerdown", (event) => this.#down(event), { signal });
    element.addEventListener("pointermove", (event) => this.#move(event), { signal });
    element.addEventListener("pointerup", (event) => this.#up(event), { signal });
    element.addEventListener("pointercancel", (event) => this.#cancelled(event), { signal });
    element.addEventListener("pointerleave", () => this.#options.hover(null), { signal });
    element.addEventListener("contextmenu", (event) => event.preventDefault(), { signal });
    element.addEventListener("wheel", (event) => this.#wheeled(event), { signal, passive: false });
    element.addEventListener("dblclick", (event) => this.#options.doubleClick(this.#point(event)), {
      signal,
    });
  }

  stop(): void {
    this.#listening.abort();
  }

  /** Escape: whatever is being done is undone. */
  cancel(): boolean {
    const { drag } = this.#drag ?? {};
    this.#drag = null;
    drag?.cancel();
    return drag !== undefined;
  }

  #down(event: PointerEvent): void {
    this.#options.activate();
    this.#element.focus({ preventScroll: true });
    const at = this.#point(event);
    this.#pressed.set(event.pointerId, { at: at.screen });
    if (event.pointerType === "touch" && this.#pressed.size === 2) {
      this.cancel();
      return;
    }
    this.#capture(event.pointerId);
    // a mark that waits for its next point takes this press
    if (this.#drag) {
      this.#drag.pointer = event.pointerId;
      const { drag } = this.#drag;
      if (drag.press) drag.press(at);
      else drag.move(at);
      return;
    }
    const drag = this.#begin(event, at);
    this.#drag = drag && { drag, pointer: event.pointerId };
  }

  #begin(event: PointerEvent, at: ToolPoint): Drag | null {
    const { context } = this.#options;
    if (event.button === 2) return zoom.begin(context, at);
    if (event.button === 1) {
      event.preventDefault();
      return pan.begin(context, at);
    }
    const tool = this.#options.tool();
    if (tool.makesMarks) return tool.begin(context, at);
    const selected = context.desk.selected.peek();
    // no mark can be seen, nor met, before what draws it is here
    const hands = markHands.peek();
    const hit = selected && context.desk.isOwn(selected) ? hands?.markAt(context, at) : null;
    if (hands && hit?.handle != null && hit.annotation.id === selected?.id)
      return hands.editDrag(context, hit, at);
    return tool.begin(context, at);
  }

  #move(event: PointerEvent): void {
    const at = this.#point(event);
    const pressed = this.#pressed.get(event.pointerId);
    if (this.#pressed.size >= 2 && pressed) {
      this.#pinch(event.pointerId, at.screen);
      return;
    }
    if (pressed) pressed.at = at.screen;
    if (event.pointerType !== "touch" || pressed) this.#options.hover(at);
    const drag = this.#drag;
    if (drag && (drag.pointer === event.pointerId || !pressed)) drag.drag.move(at);
  }

  #pinch(moved: number, to: Point): void {
    const [one, other] = [...this.#pressed.values()];
    const mine = this.#pressed.get(moved);
    if (!one || !other || !mine) return;
    const { context, tool } = this.#options;
    this.#two ??= new TwoFingers(context.viewport, tool().id === "scroll");
    this.#two.moved(mine.at, to, (mine === one ? other : one).at);
    mine.at = to;
  }

  #up(event: PointerEvent): void {
    const wasPinch = this.#pressed.size >= 2;
    this.#pressed.delete(event.pointerId);
    this.#two = null;
    // the finger that stays after a pinch does nothing until it is lifted
    if (wasPinch || this.#drag?.pointer !== event.pointerId) return;
    const { drag } = this.#drag;
    if (drag.end(this.#point(event)) === "done") this.#drag = null;
  }

  #cancelled(event: PointerEvent): void {
    this.#pressed.delete(event.pointerId);
    this.#two = null;
    if (this.#drag?.pointer === event.pointerId) this.cancel();
  }

  #wheeled(event: WheelEvent): void {
    event.preventDefault();
    this.#options.activate();
    const { viewport } = this.#options.context;
    if (event.ctrlKey || event.metaKey) {
      viewport.zoomAt(this.#point(event).screen, 2 ** (-event.deltaY / 240));
      return;
    }
    const steps = this.#wheel.take(event);
    if (steps !== 0) this.#options.wheel(steps);
  }

  #capture(pointerId: number): void {
    // a pointer made by a test or already lifted cannot be captured, and need not be
    if (this.#element.isConnected) {
      try {
        this.#element.setPointerCapture(pointerId);
      } catch {
        return;
      }
    }
  }

  #point(event: MouseEvent & { pointerType?: string }): ToolPoint {
    const box = this.#element.getBoundingClientRect();
    const screen: Point = [event.clientX - box.left, event.clientY - box.top];
    const image = apply(inverted(this.#options.context.viewport.toScreen.peek()), screen);
    return { screen, image, reach: event.pointerType === "touch" ? REACH.coarse : REACH.fine };
  }
}
