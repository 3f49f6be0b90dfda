// @vitest-environment happy-dom

import { beforeEach, expect, it, vi } from "vitest";
import { untilBack } from "../../src/volume/back";

/** As browsers keep it: going back tells of it later. */
class Past {
  entries: unknown[] = [null];
  get state() {
    return this.entries.at(-1);
  }
  pushState(state: unknown) {
    this.entries.push(state);
  }
  back() {
    setTimeout(() => {
      this.entries.pop();
      dispatchEvent(new PopStateEvent("popstate"));
    });
  }
}

let past: Past;
const turn = () => new Promise((go) => setTimeout(go, 5));

beforeEach(() => {
  past = new Past();
  vi.stubGlobal("history", past);
});

it("leaves the planes by Back, and the page only by the next one", async () => {
  const leave = vi.fn();
  untilBack(leave);
  await turn();
  expect(past.entries).toHaveLength(2);
  past.back();
  await turn();
  expect(leave).toHaveBeenCalledOnce();
  expect(past.entries).toHaveLength(1);
});

it("leaves no entry behind when they are left another way", async () => {
  const leave = vi.fn();
  const end = untilBack(leave);
  await turn();
  end();
  await turn();
  expect([past.entries.length, leave.mock.calls.length]).toEqual([1, 0]);
});

it("does not close planes opened in the moment others are left", async () => {
  const [first, second] = [vi.fn(), vi.fn()];
  const end = untilBack(first);
  await turn();
  end();
  untilBack(second);
  await turn();
  expect([past.entries.length, second.mock.calls.length]).toEqual([2, 0]);
  past.back();
  await turn();
  expect(second).toHaveBeenCalledOnce();
});

it("ends quietly when they are left before the entry was made", async () => {
  untilBack(vi.fn())();
  await turn();
  expect(past.entries).toHaveLength(1);
});

it("takes the entry of a page that was loaded again", async () => {
  past.pushState({ planes: true });
  untilBack(vi.fn());
  await turn();
  expect(past.entries).toHaveLength(2);
});
