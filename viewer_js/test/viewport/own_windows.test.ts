import { beforeEach, describe, expect, it, vi } from "vitest";
import type { ManifestWindow } from "../../src/api/manifest";
import type { Stack } from "../../src/stream/stack";
import { ViewportModel } from "../../src/viewport/model";
import { tableName } from "../../src/viewport/own_windows";
import { choose, isChosen, presetsFor } from "../../src/viewport/presets";
import type { Picture } from "../../src/viewport/renderer";
import { serveValues, whenValues } from "../../src/viewport/values_wish";
import { instance, series, study } from "../manifests";

function windowed(center: number, explanation = ""): ManifestWindow {
  return { center, width: 100, function: "LINEAR", explanation };
}

/** Each slice has two windows of its own and the last of them a table besides. */
const images = Array.from({ length: 4 }, (_, i) =>
  instance(i, {
    windows: [windowed(10 * i, "BRAIN"), windowed(10 * i + 500, "BONE")],
    ...(i === 3 ? { has_voi_lut: true, voi_luts: ["WEICH"] } : {}),
  }),
);
const [STACK] = study(series("a", images)).stacks as [Stack];

let viewport: ViewportModel;
beforeEach(() => {
  viewport = new ViewportModel();
  viewport.size.value = { width: 300, height: 300 };
  viewport.show(STACK, 1);
});

function pick(name: string): void {
  const preset = presetsFor(viewport).find((one) => one.name === name);
  if (preset) choose(viewport, preset);
}

describe("windows that images bring along", () => {
  it("are offered by their names, also beside the usual ones of CT, and tables with them", () => {
    const names = () => presetsFor(viewport).map(({ name }) => name);
    expect(names()).toContain("Lung");
    expect(names().at(-1)).toBe("BONE");
    viewport.scrollTo(3);
    expect(names().slice(-2)).toEqual(["BONE", "WEICH"]);
  });

  it("are each image's own while the series is scrolled", () => {
    expect(viewport.wishedWindow.value).toBeNull();
    pick("BONE");
    expect(viewport.wishedWindow.value?.center).toBe(510);
    viewport.scrollTo(3);
    expect(viewport.wishedWindow.value?.center).toBe(530);
    expect(viewport.wishedWindow.value).toBe(STACK.frames[3]?.windows[1]);
  });

  it("give way to a window set by hand, which holds for all images, and come back with the first", () => {
    pick("BONE");
    viewport.window.value = { center: 7, width: 8, function: "LINEAR" };
    viewport.scrollTo(2);
    expect(viewport.wishedWindow.value?.center).toBe(7);
    const [first] = presetsFor(viewport);
    expect(first && isChosen(viewport, first)).toBe(false);
    if (first) choose(viewport, first);
    expect(viewport.wishedWindow.value).toBeNull();
    expect(first && isChosen(viewport, first)).toBe(true);
  });

  it("are told to others by which they are, so that each slice is shown alike there", () => {
    pick("BONE");
    const view = viewport.view();
    expect(view).toMatchObject({ window: null, own_window: 1 });
    const there = new ViewportModel();
    if (view) there.apply(view, STACK, 2);
    expect(there.wishedWindow.value?.center).toBe(520);
  });

  it("are reset with everything else", () => {
    pick("BONE");
    viewport.reset();
    expect(viewport.wishedWindow.value).toBeNull();
  });
});

describe("a table of the image", () => {
  it("is asked of the server, and its name stands in place of numbers", () => {
    viewport.scrollTo(3);
    pick("WEICH");
    expect(viewport.need(1)?.window).toMatchObject({ table: 0 });
    expect(tableName(viewport.frame.value, viewport.wishedWindow.value)).toBe("WEICH");
    viewport.scrollTo(1);
    expect(viewport.wishedWindow.value).toBeNull();
    expect(tableName(viewport.frame.value, viewport.wishedWindow.value)).toBeNull();
  });
});

describe("what needs stored values", () => {
  const notify = vi.fn();
  const saver = { spares: () => true, ask: vi.fn() };
  const told = { notify, store: { saver } } as unknown as Parameters<typeof serveValues>[0];
  const values = { kind: "stored" } as Picture;
  const preview = { kind: "bitmap" } as Picture;

  beforeEach(() => {
    notify.mockClear();
    saver.ask.mockClear();
    viewport.shown.value = preview;
  });

  it("waits for them, asks for them and says so once", () => {
    const use = vi.fn();
    const stop = serveValues(told, viewport);
    whenValues(viewport, use);
    viewport.shown.value = { ...preview };
    expect(use).not.toHaveBeenCalled();
    expect(notify).toHaveBeenCalledTimes(1);
    expect(saver.ask).toHaveBeenCalledWith(STACK.frames[1]);
    viewport.shown.value = values;
    expect(use).toHaveBeenCalledWith(values);
    expect(viewport.valuesWish.value).toBeNull();
    stop();
  });

  it("is given up when another image is shown", () => {
    const use = vi.fn();
    const stop = serveValues(told, viewport);
    whenValues(viewport, use);
    viewport.scrollTo(2);
    viewport.shown.value = values;
    expect(use).not.toHaveBeenCalled();
    stop();
  });

  it("is refused in words where only the server has them", () => {
    const [lossy] = study(series("b", [instance(1, { stored: false })])).stacks as [Stack];
    viewport.show(lossy);
    const stop = serveValues(told, viewport);
    whenValues(viewport, vi.fn());
    expect(notify).toHaveBeenCalledTimes(1);
    expect(viewport.valuesWish.value).toBeNull();
    stop();
  });
});
