/** Keys for a mark whose code is still on its way: from the Enter that begins it they wait, and are done in order. */

import type { AnnotationKind } from "../annotations/model";
import type { KeyboardMarks } from "./keyboard_marks";
import { markHands } from "./mark_hands";
import type { ToolContext } from "./tool";

type Pressed = Parameters<KeyboardMarks["handle"]>[0];

/** What a mark in the making takes (keyboard_marks.ts); every other key keeps its meaning meanwhile. */
const TAKEN = new Set(["ArrowDown", "ArrowLeft", "ArrowRight", "ArrowUp", "Enter", "Escape"]);

export class LateKeyboard {
  readonly #context: ToolContext;
  #marks: KeyboardMarks | null = null;
  #missed: { readonly event: Pressed; readonly kind: AnnotationKind | null }[] = [];

  constructor(context: ToolContext) {
    this.#context = context;
  }

  /** KeyboardMarks.handle */
  handle(event: Pressed, kind: AnnotationKind | null): boolean {
    const hands = markHands.peek();
    if (hands && this.#missed.length === 0) {
      this.#marks ??= new hands.KeyboardMarks(() => this.#context);
      return this.#marks.handle(event, kind);
    }
    const begins = event.key === "Enter" && kind !== null && this.#context.desk.canWrite;
    const isWaited = this.#missed.length > 0 && TAKEN.has(event.key);
    if (!begins && !isWaited) return false;
    if (this.#missed.length === 0) this.#fetch();
    const { key, shiftKey } = event;
    this.#missed.push({ event: { key, shiftKey }, kind });
    return true;
  }

  #fetch(): void {
    markHands.fetch().then(
      ({ KeyboardMarks: Marks }) => {
        this.#marks ??= new Marks(() => this.#context);
        for (const { event, kind } of this.#missed.splice(0)) this.#marks.handle(event, kind);
      },
      () => {
        this.#missed = [];
      },
    );
  }
}
