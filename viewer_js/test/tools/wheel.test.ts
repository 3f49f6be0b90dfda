import { expect, it } from "vitest";
import { WheelSteps } from "../../src/tools/wheel";

const take = (steps: WheelSteps, deltaY: number, deltaMode = 0) => steps.take({ deltaY, deltaMode }) + 0;

it("counts a mouse's notch as one image, and several notches in one event as several", () => {
  const steps = new WheelSteps();
  expect([
    take(steps, 120),
    take(steps, 100),
    take(steps, -120),
    take(steps, 360),
    take(steps, 3, 1),
  ]).toEqual([1, 1, -1, 3, 1]);
});

it("adds up the small steps of a touch pad, and forgets them when it turns back", () => {
  const steps = new WheelSteps();
  expect([12, 12, 12, -20, -20].map((delta) => take(steps, delta))).toEqual([0, 0, 1, 0, -1]);
});
