// @vitest-environment happy-dom

import { beforeEach, expect, test } from "vitest";
import type { Frame } from "../../src/stream/stack";
import { FirstPicture } from "../../src/viewport/first_picture";

const PAGE = `<div class="first-picture" data-instance="b" data-frame="2"></div>
  <div class="hv-surface"><canvas></canvas></div><div class="hv-surface"><canvas></canvas></div>`;

function frame(instance: string, number: number): Frame {
  return { instance: { id: instance }, number } as unknown as Frame;
}

function pictures(): number {
  return document.querySelectorAll(".first-picture").length;
}

function canvases(): HTMLCanvasElement[] {
  return [...document.querySelectorAll("canvas")];
}

beforeEach(() => {
  document.body.innerHTML = PAGE;
});

test("the first viewport takes the page's picture over, and no other finds it", () => {
  const [first, second] = canvases() as [HTMLCanvasElement, HTMLCanvasElement];
  new FirstPicture(first);
  const other = new FirstPicture(second);
  expect(first.nextElementSibling?.className).toBe("first-picture");
  other.drawn(frame("x", 1), true);
  expect(pictures()).toBe(1);
});

test("it stays until its frame is drawn", () => {
  const picture = new FirstPicture(canvases()[0] as HTMLCanvasElement);
  picture.drawn(frame("b", 2), false);
  expect(pictures()).toBe(1);
  picture.drawn(frame("b", 2), true);
  expect(pictures()).toBe(0);
});

test.each([frame("b", 1), frame("a", 2), null])(
  "it goes at once when another frame is to be shown",
  (other) => {
    const picture = new FirstPicture(canvases()[0] as HTMLCanvasElement);
    picture.drawn(other, false);
    expect(pictures()).toBe(0);
  },
);

test("a page without one needs none", () => {
  document.body.innerHTML = "<canvas></canvas>";
  new FirstPicture(canvases()[0] as HTMLCanvasElement).drawn(null, true);
  expect(pictures()).toBe(0);
});
