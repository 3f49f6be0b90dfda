import { beforeEach, describe, expect, it } from "vitest";
import type { Stack } from "../../src/stream/stack";
import { ViewportModel } from "../../src/viewport/model";
import { instance, series, study } from "../manifests";

const STUDY = study(
  series(
    "a",
    Array.from({ length: 20 }, (_, i) => instance(i)),
  ),
  series("b", [instance(50, { rows: 256, columns: 128 })]),
);
const [LONG, SHORT] = STUDY.stacks as [Stack, Stack];

let viewport: ViewportModel;
beforeEach(() => {
  viewport = new ViewportModel();
  viewport.size.value = { width: 300, height: 300 };
  viewport.show(LONG);
});

describe("scrolling", () => {
  it("stops at both ends", () => {
    viewport.scrollBy(1000);
    expect(viewport.index.value).toBe(19);
    viewport.scrollBy(-1000);
    expect(viewport.index.value).toBe(0);
  });

  it("tells the direction, and that the stack is moving", () => {
    viewport.scrollBy(-2);
    expect(viewport.need(1)).toMatchObject({ index: 8, direction: -1, settled: false });
  });
});

describe("another series", () => {
  it("starts fitted, with its own window", () => {
    viewport.zoomBy(3);
    viewport.window.value = { center: 1, width: 2, function: "LINEAR" };
    viewport.show(SHORT);
    expect(viewport.placement.value).toMatchObject({ zoom: 1, centre: [64, 128] });
    expect(viewport.window.value).toBeNull();
  });
});

it("keeps its frame and its place while the series grows", () => {
  viewport.scrollTo(4);
  viewport.zoomBy(2);
  const more = Array.from({ length: 30 }, (_, i) => instance(i - 10));
  const grown = study(series("a", more)).stacks;
  viewport.renew(grown);
  expect(viewport.frame.value?.instance.number).toBe(4);
  expect(viewport.index.value).toBe(14);
  expect(viewport.placement.value.zoom).toBe(2);
});

describe("a view", () => {
  it("shown elsewhere is the same view", () => {
    viewport.scrollTo(3);
    viewport.zoomBy(2);
    viewport.pan(10, 20);
    viewport.window.value = { center: -600, width: 1500, function: "LINEAR" };
    viewport.invert.value = true;
    const view = viewport.view();
    const other = new ViewportModel();
    other.size.value = { width: 900, height: 500 };
    other.apply(JSON.parse(JSON.stringify(view)), LONG, 3);
    expect(other.view()).toEqual(view);
    expect(view).toMatchObject({ study_id: "s", series_instance_uid: "1.3.a", frame_number: 1, zoom: 2 });
  });

  it("has no window while the image's own is shown", () => {
    expect(viewport.view()?.window).toBeNull();
  });
});

it("asks for no more pixels than the image or the screen has", () => {
  expect(viewport.need(2)?.box).toEqual({ width: 512, height: 512 });
  viewport.show(SHORT);
  expect(viewport.need(1)?.box).toEqual({ width: 128, height: 256 });
});
