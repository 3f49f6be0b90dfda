import { expect, it } from "vitest";
import { Glide } from "../../src/viewport/glide";

function glide() {
  const shown: number[] = [];
  const frames: (() => void)[] = [];
  const made = new Glide(
    (images) => shown.push(images),
    (step) => frames.push(step),
  );
  const run = () => {
    for (let step = frames.shift(); step; step = frames.shift()) step();
  };
  return { made, shown, run };
}

it("goes at once for one image", () => {
  const { made, shown } = glide();
  made.by(1);
  expect(shown).toEqual([1]);
});

it("passes through the images of a quick turn and arrives", () => {
  const { made, shown, run } = glide();
  made.by(9);
  run();
  expect(shown.length).toBeGreaterThan(3);
  expect(shown.reduce((sum, step) => sum + step)).toBe(9);
});

it("turns back at once", () => {
  const { made, shown, run } = glide();
  made.by(9);
  made.by(-1);
  run();
  expect(shown).toEqual([3, -1]);
});
