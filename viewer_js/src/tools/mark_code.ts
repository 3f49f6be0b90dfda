/** One file for the line: see mark_hands.ts. */

export { keepFresh } from "../annotations/freshness";
export { labelOf, rulerOf } from "../annotations/label";
export { Outbox } from "../annotations/outbox";
export { MarksLayer } from "../viewport/marks_layer";
export { measured } from "../viewport/measuring";
export { beginMark } from "./drawing";
export { editDrag, markAt } from "./edit";
export { KeyboardMarks } from "./keyboard_marks";
