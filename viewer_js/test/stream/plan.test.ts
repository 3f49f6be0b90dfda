import { describe, expect, it } from "vitest";
import { type Have, type Need, outwards, plan, type Step } from "../../src/stream/plan";
import type { Stack } from "../../src/stream/stack";
import { instance, series, study } from "../manifests";

const NOTHING: Have = {
  preview: () => false,
  previewsDone: () => false,
  thumbnail: () => false,
  rendered: () => false,
  full: () => false,
  hopeless: () => false,
  part: () => false,
  spares: () => false,
  sparesPart: () => false,
};
const PREVIEWED: Have = { ...NOTHING, preview: () => true, previewsDone: () => true, thumbnail: () => true };
const PLENTY = 1e12;

function stackOf(count: number, changes = {}): Stack {
  const slices = Array.from({ length: count }, (_, i) => instance(i, changes));
  return study(series("a", slices)).stacks[0] as Stack;
}

function need(stack: Stack, changes: Partial<Need> = {}): Need {
  return {
    stack,
    index: 5,
    direction: 1,
    window: null,
    box: { width: 512, height: 512 },
    settled: true,
    ...changes,
  };
}

function words(steps: readonly Step[]): string[] {
  return steps.map((step) => ("frame" in step ? `${step.kind} ${step.frame.index}` : step.kind));
}

describe("what is asked for", () => {
  const stack = stackOf(11);

  it("at the beginning is the previews and the visible frame, nothing else", () => {
    const { steps } = plan([need(stack)], [stack], NOTHING, PLENTY);
    expect(words(steps)).toEqual(["previews", "full 5"]);
    expect(steps[0]).toMatchObject({ start: 5 });
  });

  it("afterwards is the visible frame, then more ahead than behind", () => {
    const { steps } = plan([need(stack)], [stack], PREVIEWED, PLENTY);
    expect(words(steps).map((word) => Number(word.split(" ")[1]))).toEqual([
      5, 6, 7, 8, 4, 9, 10, 3, 2, 1, 0,
    ]);
    expect(steps.map((step) => step.kind === "full" && step.urgent)).toEqual([
      true,
      ...Array(10).fill(false),
    ]);
  });

  it("follows the direction of scrolling", () => {
    const { steps } = plan([need(stack, { direction: -1 })], [stack], PREVIEWED, PLENTY);
    expect(words(steps).slice(0, 4)).toEqual(["full 5", "full 4", "full 3", "full 2"]);
  });

  it("while the stack is scrolled fast is nothing: previews do", () => {
    expect(plan([need(stack, { settled: false })], [stack], PREVIEWED, PLENTY).steps).toEqual([]);
  });

  it("stops where memory ends, and says what is worth keeping", () => {
    const { steps, keep } = plan([need(stack)], [stack], PREVIEWED, 3 * 524_288);
    expect(words(steps)).toEqual(["full 5", "full 6", "full 7"]);
    expect([...keep]).toEqual(["s/i5/1", "s/i6/1", "s/i7/1"]);
  });

  it("is never what is here or cannot be drawn", () => {
    const have: Have = { ...PREVIEWED, full: ({ index }) => index < 8, hopeless: ({ index }) => index === 8 };
    expect(words(plan([need(stack)], [stack], have, PLENTY).steps)).toEqual(["full 9", "full 10"]);
  });

  it("includes a picture by the server when the window has changed or the frame is large", () => {
    const window = { center: -600, width: 1500, function: "LINEAR" } as const;
    expect(words(plan([need(stack, { window })], [stack], PREVIEWED, PLENTY).steps).slice(0, 2)).toEqual([
      "rendered 5",
      "full 5",
    ]);
    const large = stackOf(6, { stored_bytes: 10_000_000 });
    expect(words(plan([need(large)], [large], PREVIEWED, PLENTY).steps).slice(0, 2)).toEqual([
      "rendered 5",
      "full 5",
    ]);
  });

  it("is a picture by the server where only it has the image's table", () => {
    const tabled = stackOf(6, { windows: [], has_voi_lut: true });
    const have: Have = { ...PREVIEWED, full: () => true };
    expect(words(plan([need(tabled)], [tabled], have, PLENTY).steps)).toEqual(["rendered 5"]);
  });

  it("includes one preview of each series that is not shown", () => {
    const { stacks } = study(series("a", [instance(1)]), series("b", [instance(2)]));
    const [shown] = stacks as [Stack];
    expect(words(plan([need(shown, { index: 0 })], stacks, NOTHING, PLENTY).steps)).toEqual([
      "previews",
      "full 0",
      "thumbnail",
    ]);
  });

  it("serves the visible frames of all viewports first", () => {
    const { stacks } = study(
      series("a", [instance(1), instance(2)]),
      series("b", [instance(3), instance(4)]),
    );
    const [one, other] = stacks as [Stack, Stack];
    const needs = [need(one, { index: 0 }), need(other, { index: 1 })];
    const { steps } = plan(needs, stacks, PREVIEWED, PLENTY);
    expect(steps.map((step) => "frame" in step && step.frame.instance.id)).toEqual(["i1", "i4", "i2", "i3"]);
  });
});

it("outwards reaches every other index once", () => {
  expect([...outwards(0, 1, 5)]).toEqual([1, 2, 3, 4]);
  expect([...outwards(4, -1, 5)]).toEqual([3, 2, 1, 0]);
  expect([...outwards(2, 1, 30)].sort((a, b) => a - b)).toHaveLength(29);
  expect([...outwards(0, 1, 1)]).toEqual([]);
});

describe("with the data saver on", () => {
  const stack = stackOf(11);
  const spared: Have = { ...PREVIEWED, spares: ({ index }) => index !== 3 };

  it("a picture of the screen's size comes in place of full quality, and nothing in the background", () => {
    const { steps } = plan([need(stack)], [stack], { ...PREVIEWED, spares: () => true }, PLENTY);
    expect(steps.map(({ kind }) => kind)).toEqual(["rendered"]);
  });

  it("full quality comes where it was asked for", () => {
    const { steps } = plan([need(stack, { index: 3 })], [stack], spared, PLENTY);
    expect(steps.map(({ kind }) => kind)).toEqual(["full"]);
  });
});

describe("of a large image", () => {
  const large = stackOf(1, { rows: 5000, columns: 4000, stored_bytes: 40_000_000 });
  const part = { region: { left: 0, top: 0, width: 4000, height: 5000 }, shrink: 4 };
  const have: Have = { ...PREVIEWED, spares: () => true };
  const wish = need(large, { index: 0, part });

  it("the screen's pixels are asked for, never the file's", () => {
    expect(words(plan([wish], [large], have, PLENTY).steps)).toEqual(["rendered 0", "part 0"]);
    expect(words(plan([wish], [large], { ...have, part: () => true }, PLENTY).steps)).toEqual([]);
  });

  it("not even those with the data saver on", () => {
    const { steps } = plan([wish], [large], { ...have, sparesPart: () => true }, PLENTY);
    expect(words(steps)).toEqual(["rendered 0"]);
  });
});
