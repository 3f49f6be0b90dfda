/** Two fingers on a screen. */

import { expect, it } from "vitest";
import { TwoFingers } from "../../src/tools/two_fingers";
import { ViewportModel } from "../../src/viewport/model";
import { instance, series, study } from "../manifests";

function viewport(frames: number): ViewportModel {
  const made = new ViewportModel();
  const images = Array.from({ length: frames }, (_, n) => instance(n));
  const [stack] = study(series("a", images)).stacks;
  if (stack) made.show(stack, 0);
  made.size.value = { width: 400, height: 400 };
  return made;
}

it("going down together scroll, and do not zoom", () => {
  const model = viewport(40);
  const fingers = new TwoFingers(model, false);
  for (let y = 0; y < 100; y += 10) {
    fingers.moved([100, 100 + y], [100, 110 + y], [200, 100 + y]);
    fingers.moved([200, 100 + y], [200, 110 + y], [100, 110 + y]);
  }
  expect(model.index.value).toBeGreaterThan(5);
  expect(model.placement.value.zoom).toBe(1);
});

it("going apart zoom, and do not scroll", () => {
  const model = viewport(40);
  const fingers = new TwoFingers(model, false);
  for (let x = 0; x < 100; x += 10) fingers.moved([200 + x, 100], [210 + x, 100], [100, 100]);
  expect(model.placement.value.zoom).toBeGreaterThan(1.5);
  expect(model.index.value).toBe(0);
});

it("move the picture where one finger scrolls, and where there is nothing to scroll", () => {
  for (const [frames, scrolls] of [
    [40, true],
    [1, false],
  ] as const) {
    const model = viewport(frames);
    const before = model.placement.value.centre[1];
    const fingers = new TwoFingers(model, scrolls);
    fingers.moved([100, 100], [100, 140], [200, 100]);
    fingers.moved([200, 100], [200, 140], [100, 140]);
    expect(model.index.value).toBe(0);
    expect(model.placement.value.centre[1]).toBeLessThan(before);
  }
});
