import { expect, it } from "vitest";
import { MarkDesk } from "../../src/annotations/desk";
import { LateKeyboard } from "../../src/tools/late_keyboard";
import { markHands } from "../../src/tools/mark_hands";
import { ViewportModel } from "../../src/viewport/model";
import { ME } from "../annotations/marks";
import { instance, series, study } from "../manifests";

it("keys that follow the Enter of the first mark wait with it, and draw it once its code is here", async () => {
  const viewport = new ViewportModel();
  viewport.size.value = { width: 1024, height: 1024 };
  viewport.show(study(series("a", [instance(1)])).stacks[0] as never);
  const port = { put: async (a: never) => a, delete: async () => {}, sketch() {} };
  const desk = new MarkDesk({ person: ME, port, measure: async (a) => a, onError() {} });
  const keyboard = new LateKeyboard({ viewport, desk });
  const press = (key: string, kind: "length" | null = "length") =>
    keyboard.handle({ key, shiftKey: true }, kind);
  expect(markHands.peek()).toBeNull();
  expect(press("ArrowDown")).toBe(false);
  expect(press("Enter", null)).toBe(false);
  expect(["Enter", "ArrowLeft", "Enter", "ArrowRight", "5", "Enter"].map((key) => press(key))).toEqual([
    ...[true, true, true, true, false, true],
  ]);
  expect(desk.all.value).toEqual([]);
  await markHands.fetch();
  expect(desk.all.value[0]?.points).toEqual([
    [251, 256],
    [256, 256],
  ]);
  expect(press("ArrowDown")).toBe(false);
});
