// @vitest-environment happy-dom

import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { LiveList } from "../../src/studies/live_list";

vi.mock("socket.io-client", () => ({ io: () => ({ connected: true, on: () => {}, io: { on: () => {} } }) }));

const page = (cases: string): string => `<div data-live-list data-live-every="60">${cases}</div>`;

beforeEach(() => {
  vi.useFakeTimers();
  document.body.innerHTML = page('<a href="/one">1</a>');
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it("asks every so often where the page says so, and leaves the keyboard on its link", async () => {
  const answer = vi.fn(async () => new Response(page('<a href="/new">new</a><a href="/one">1</a>')));
  vi.stubGlobal("fetch", answer);
  const root = document.querySelector<HTMLElement>("[data-live-list]");
  if (root === null) throw new Error("no list");
  new LiveList(root).start();
  root.querySelector("a")?.focus();
  await vi.advanceTimersByTimeAsync(59_000);
  expect(answer).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(root.querySelectorAll("a")).toHaveLength(2);
  expect(document.activeElement?.getAttribute("href")).toBe("/one");
});
