import { expect, it } from "vitest";
import { Throttle } from "../../src/consult/throttle";

function clock() {
  let time = 0;
  let waiting: { at: number; fn: () => void }[] = [];
  return {
    timer: (fn: () => void, milliseconds: number) => waiting.push({ at: time + milliseconds, fn }),
    pass(milliseconds: number): void {
      time += milliseconds;
      const due = waiting.filter(({ at }) => at <= time);
      waiting = waiting.filter(({ at }) => at > time);
      for (const { fn } of due) fn();
    },
  };
}

it("a pointer moved 100 times a second is told 16 times, the last place included", () => {
  const { timer, pass } = clock();
  const told: number[] = [];
  const throttle = new Throttle<number>(60, (value) => told.push(value), timer);
  for (let move = 0; move < 100; move += 1) {
    throttle.push(move);
    pass(10);
  }
  pass(60);
  expect(told.length).toBeLessThanOrEqual(18);
  expect(told[0]).toBe(0);
  expect(told.at(-1)).toBe(99);
});

it("a forgotten sketch is never told after the final mark", () => {
  const { timer, pass } = clock();
  const told: string[] = [];
  const throttle = new Throttle<string>(60, (value) => told.push(value), timer);
  throttle.push("first");
  throttle.push("unfinished");
  throttle.forget();
  pass(60);
  expect(told).toEqual(["first"]);
});
