import { beforeEach, expect, it } from "vitest";
import { MarkDesk } from "../../src/annotations/desk";
import type { AnnotationKind } from "../../src/annotations/model";
import { KeyboardMarks } from "../../src/tools/keyboard_marks";
import { ViewportModel } from "../../src/viewport/model";
import { ME } from "../annotations/marks";
import { instance, series, study } from "../manifests";

let viewport: ViewportModel;
let desk: MarkDesk;
let keyboard: KeyboardMarks;

beforeEach(() => {
  viewport = new ViewportModel();
  viewport.size.value = { width: 1024, height: 1024 };
  viewport.show(study(series("a", [instance(1)])).stacks[0] as never);
  const port = { put: async (a: never) => a, delete: async () => {}, sketch() {} };
  desk = new MarkDesk({ person: ME, port, measure: async (a) => a, onError() {} });
  keyboard = new KeyboardMarks(() => ({ viewport, desk }));
});

function press(keys: string, kind: AnnotationKind | null = "length"): boolean[] {
  return keys.split(" ").map((name) => {
    const far = name.startsWith("Shift+");
    return keyboard.handle({ key: name.replace("Shift+", ""), shiftKey: far }, kind);
  });
}

it("draws from the middle of the viewport, a pixel of the screen or ten at a time", () => {
  press("Enter Shift+ArrowLeft Enter Shift+ArrowRight ArrowRight ArrowDown Enter");
  expect(desk.all.value[0]?.points).toEqual([
    [251, 256],
    [256.5, 256.5],
  ]);
});

it("leaves the arrow keys alone while no mark is in hand", () => {
  expect(press("ArrowDown")).toEqual([false]);
  expect(press("Enter", null)).toEqual([false]);
});

it("moves the handles of the selected mark one after the other", () => {
  press("Enter Enter Shift+ArrowRight Enter");
  press("Enter Shift+ArrowUp Enter Shift+ArrowDown Enter");
  expect(desk.all.value[0]?.points).toEqual([
    [256, 251],
    [261, 261],
  ]);
});

it("gives up with Escape", () => {
  press("Enter ArrowLeft");
  expect(press("Escape Escape")).toEqual([true, false]);
  expect(desk.draft.value).toBeNull();
  expect(desk.all.value).toEqual([]);
});
