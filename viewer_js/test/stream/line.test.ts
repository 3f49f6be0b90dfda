import { expect, it } from "vitest";
import { Line } from "../../src/stream/line";

function watched() {
  const pauses: number[] = [];
  const waiting: (() => void)[] = [];
  let retries = 0;
  const line = new Line(
    () => retries++,
    (fn, ms) => {
      waiting.push(fn);
      pauses.push(ms);
    },
  );
  return { line, pauses, next: () => waiting.shift()?.(), retries: () => retries };
}

it("says that it is broken until something works again", () => {
  const { line } = watched();
  line.failed();
  expect(line.broken.value).toBe(true);
  line.worked();
  expect(line.broken.value).toBe(false);
});

it("waits longer after each failure in a row, and starts anew after a success", () => {
  const { line, pauses, next } = watched();
  for (let i = 0; i < 4; i++) {
    line.failed();
    next();
  }
  for (let i = 1; i < 4; i++) expect(pauses[i]).toBeGreaterThan(pauses[i - 1] as number);
  line.worked();
  line.failed();
  expect(pauses.at(-1)).toBeLessThan(700);
});

it("retries once however many requests broke together, and at once when the network is back", () => {
  const { line, next, retries } = watched();
  line.failed();
  line.failed();
  line.retryNow();
  expect(retries()).toBe(1);
  next();
  expect(retries()).toBe(1);
});
