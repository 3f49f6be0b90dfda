// @vitest-environment happy-dom

import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Canvas2DRenderer } from "../../src/viewport/canvas2d";
import { PLAIN } from "../../src/viewport/finish";
import type { Picture } from "../../src/viewport/renderer";

const SIZE = { width: 10, height: 10 };
const HERE = { a: 1, b: 0, c: 0, d: 1, e: 0, f: 0 };
const bitmap = {} as ImageBitmap;
const plane = { width: 10, height: 10 };
const picture: Picture = {
  kind: "bitmap",
  bitmap,
  plane,
  invert: false,
  isGrey: true,
  tones: null,
  finish: PLAIN,
};

let drawn: string[];
let canvas: HTMLCanvasElement;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  drawn = [];
  const context = {
    imageSmoothingQuality: "",
    resetTransform: () => undefined,
    setTransform: () => undefined,
    fillRect: () => undefined,
    drawImage() {
      drawn.push(this.imageSmoothingQuality);
    },
  };
  canvas = { width: 0, height: 0, getContext: () => context } as unknown as HTMLCanvasElement;
});
afterEach(() => vi.useRealTimers());

it("a movement is drawn simply, and smoothly once it rests", () => {
  const renderer = new Canvas2DRenderer(canvas, { moves: true });
  for (let i = 0; i < 3; i++) {
    renderer.draw(picture, HERE, SIZE);
    vi.advanceTimersByTime(16);
  }
  expect(drawn).toEqual(["high", "low", "low"]);
  vi.advanceTimersByTime(1000);
  expect(drawn).toEqual(["high", "low", "low", "high"]);
});

it("what was cleared or stopped does not come back", () => {
  const renderer = new Canvas2DRenderer(canvas, { moves: true });
  for (const _ of [1, 2]) renderer.draw(picture, HERE, SIZE);
  renderer.draw(null, HERE, SIZE);
  for (const _ of [1, 2]) renderer.draw(picture, HERE, SIZE);
  renderer.stop();
  vi.advanceTimersByTime(1000);
  expect(drawn).toEqual(["high", "low", "low", "low"]);
});
