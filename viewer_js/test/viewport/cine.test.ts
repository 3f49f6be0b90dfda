import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Stack } from "../../src/stream/stack";
import { Cine, nextStep, type Step } from "../../src/viewport/cine";
import { ViewportModel } from "../../src/viewport/model";
import { instance, series, study } from "../manifests";

const STACK = study(
  series(
    "a",
    Array.from({ length: 10 }, (_, i) => instance(i, { frame_time_ms: 40 })),
  ),
).stacks[0] as Stack;

function played(from: Step, first: number, last: number, sweeps: boolean, count: number): number[] {
  let now = from;
  return Array.from({ length: count }, () => {
    now = nextStep(now, { first, last }, sweeps);
    return now.index;
  });
}

describe("a film", () => {
  it("begins again at its end", () => {
    expect(played({ index: 3, way: 1 }, 2, 5, false, 5)).toEqual([4, 5, 2, 3, 4]);
  });

  it("goes to and fro", () => {
    expect(played({ index: 3, way: 1 }, 2, 5, true, 7)).toEqual([4, 5, 4, 3, 2, 3, 4]);
  });

  it("comes into its part from outside", () => {
    expect(played({ index: 9, way: -1 }, 2, 5, true, 2)).toEqual([2, 3]);
  });

  it("of one image stands still", () => {
    expect(played({ index: 2, way: 1 }, 2, 2, true, 2)).toEqual([2, 2]);
  });
});

describe("playing", () => {
  let one: ViewportModel;
  let other: ViewportModel;
  let cine: Cine;
  beforeEach(() => {
    vi.useFakeTimers();
    [one, other] = [new ViewportModel(), new ViewportModel()];
    for (const viewport of [one, other]) viewport.show(STACK, 0);
    cine = new Cine(
      () => one,
      () => [one, other],
    );
  });
  afterEach(() => {
    cine.stop();
    vi.useRealTimers();
  });

  it("goes at the pace of the recording, or the one chosen", () => {
    expect(cine.recommended(one)).toBe(25);
    cine.toggle();
    vi.advanceTimersByTime(200);
    expect(one.index.value).toBe(5);
    cine.rate.value = 5;
    vi.advanceTimersByTime(640);
    expect(one.index.value).toBe(9);
  });

  it("moves the others only when they run together", () => {
    cine.toggle();
    vi.advanceTimersByTime(85);
    expect([one.index.value, other.index.value]).toEqual([2, 0]);
    cine.together.value = true;
    vi.advanceTimersByTime(80);
    expect([one.index.value, other.index.value]).toEqual([4, 2]);
  });

  it("keeps to its part of the stack, which is of that stack alone", () => {
    cine.setRange(7, 4);
    expect(cine.rangeOf(one)).toEqual({ first: 4, last: 7 });
    cine.setRange(4, 99);
    expect(cine.rangeOf(one)).toEqual({ first: 4, last: 9 });
    one.clear();
    expect(cine.rangeOf(one)).toEqual({ first: 0, last: 0 });
  });
});
