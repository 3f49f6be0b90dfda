// @vitest-environment happy-dom

import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { MarkDesk } from "../../src/annotations/desk";
import { Gestures } from "../../src/tools/gestures";
import { markHands } from "../../src/tools/mark_hands";
import { toolOf } from "../../src/tools/registry";
import type { ToolId } from "../../src/tools/tool";
import { ViewportModel } from "../../src/viewport/model";
import { ME, mark } from "../annotations/marks";
import { instance, series, study } from "../manifests";

const SLICES = Array.from({ length: 40 }, (_, i) => instance(i));

let element: HTMLElement;
let viewport: ViewportModel;
let desk: MarkDesk;
let tool: ToolId;
let wheeled: number[];
let hovered: (readonly [number, number] | null)[];

beforeAll(() => markHands.fetch());

beforeEach(() => {
  element = document.createElement("div");
  document.body.replaceChildren(element);
  viewport = new ViewportModel();
  viewport.size.value = { width: 512, height: 512 };
  viewport.ownWindow.value = { center: 40, width: 400, function: "LINEAR" };
  viewport.show(study(series("a", SLICES)).stacks[0] as never, 20);
  const port = { put: async (a: never) => a, delete: async () => {}, sketch() {} };
  desk = new MarkDesk({ person: ME, port, measure: async (a) => a, onError() {} });
  tool = "window";
  wheeled = [];
  hovered = [];
  new Gestures(element, {
    context: { viewport, desk },
    tool: () => toolOf(tool),
    activate() {},
    hover: (point) => hovered.push(point?.image ?? null),
    doubleClick() {},
    wheel: (images) => wheeled.push(images),
  });
});

type Options = { id?: number; button?: number; type?: string };

function pointer(
  kind: string,
  x: number,
  y: number,
  { id = 1, button = 0, type = "mouse" }: Options = {},
): void {
  const init = { pointerId: id, button, pointerType: type, clientX: x, clientY: y, bubbles: true };
  element.dispatchEvent(new PointerEvent(`pointer${kind}`, init));
}

function drag(from: readonly [number, number], to: readonly [number, number], options?: Options): void {
  pointer("down", ...from, options);
  pointer("move", (from[0] + to[0]) / 2, (from[1] + to[1]) / 2, options);
  pointer("move", ...to, options);
  pointer("up", ...to, options);
}

describe("the left button", () => {
  it("is the chosen tool: the window widens to the right and brightens upwards", () => {
    drag([100, 100], [420, 100]);
    expect(viewport.window.value?.width).toBeGreaterThan(700);
    expect(viewport.window.value?.center).toBe(40);
    drag([100, 300], [100, 200]);
    expect(viewport.window.value?.center).toBeLessThan(40);
  });

  it("scrolls with the scroll tool", () => {
    tool = "scroll";
    drag([100, 100], [100, 200]);
    expect(viewport.index.value).toBeGreaterThan(25);
    drag([100, 500], [100, 0]);
    expect(viewport.index.value).toBeLessThan(12);
  });

  it("draws a length from press to release", () => {
    tool = "length";
    drag([100, 100], [200, 150]);
    expect(desk.all.value[0]?.points).toEqual([
      [100, 100],
      [200, 150],
    ]);
  });

  it("draws a length by two clicks as well", () => {
    tool = "length";
    drag([100, 100], [101, 100]);
    pointer("move", 300, 120);
    expect(desk.draft.value?.points[1]).toEqual([300, 120]);
    drag([310, 130], [310, 130]);
    expect(desk.all.value[0]?.points.at(-1)).toEqual([310, 130]);
  });

  it("draws an angle by a drag and a click", () => {
    tool = "angle";
    drag([100, 100], [200, 200]);
    pointer("move", 300, 100);
    drag([300, 100], [300, 100]);
    expect(desk.all.value[0]?.points).toEqual([
      [100, 100],
      [200, 200],
      [300, 100],
    ]);
  });

  it("moves a handle of one's own mark instead of drawing over it", () => {
    tool = "length";
    drag([100, 100], [200, 150]);
    drag([201, 151], [250, 250]);
    expect(desk.all.value.map(({ points }) => points)).toEqual([
      [
        [100, 100],
        [250, 250],
      ],
    ]);
  });

  it("selects with the pointer, and moves the whole mark by its line", () => {
    tool = "length";
    drag([100, 100], [200, 100]);
    tool = "select";
    drag([400, 400], [400, 400]);
    expect(desk.selected.value).toBeNull();
    drag([150, 100], [160, 140]);
    expect(desk.all.value[0]?.points).toEqual([
      [110, 140],
      [210, 140],
    ]);
  });

  it("keeps marks near the image", () => {
    tool = "length";
    drag([256, 256], [5000, 256]);
    expect(desk.all.value[0]?.points[1]?.[0]).toBeCloseTo(512 * 1.2);
  });
});

describe("the other buttons", () => {
  it("zoom with the right one", () => {
    drag([256, 300], [256, 140], { button: 2 });
    expect(viewport.placement.value.zoom).toBeCloseTo(2);
  });

  it("move with the middle one", () => {
    drag([100, 100], [130, 90], { button: 1 });
    expect(viewport.placement.value.centre).toEqual([226, 266]);
  });
});

describe("the wheel", () => {
  // happy-dom's wheel event knows no modifier keys; a mouse event with a delta does
  const turn = ({ deltaY, ctrlKey = false }: { deltaY: number; ctrlKey?: boolean }) => {
    const event = new MouseEvent("wheel", { clientX: 256, clientY: 256, cancelable: true, ctrlKey });
    element.dispatchEvent(Object.assign(event, { deltaY, deltaMode: 0 }));
  };

  it("scrolls one image a notch", () => {
    turn({ deltaY: 120 });
    turn({ deltaY: -100 });
    expect(wheeled).toEqual([1, -1]);
  });

  it("zooms with Ctrl", () => {
    turn({ deltaY: -240, ctrlKey: true });
    expect(viewport.placement.value.zoom).toBeCloseTo(2);
    expect(wheeled).toEqual([]);
  });
});

describe("fingers", () => {
  it("one is the chosen tool", () => {
    tool = "scroll";
    drag([100, 100], [100, 200], { type: "touch" });
    expect(viewport.index.value).toBeGreaterThan(25);
  });

  it("two zoom by their distance, and what the first began is undone", () => {
    tool = "length";
    pointer("down", 200, 256, { id: 1, type: "touch" });
    pointer("move", 205, 256, { id: 1, type: "touch" });
    pointer("down", 305, 256, { id: 2, type: "touch" });
    pointer("move", 405, 256, { id: 2, type: "touch" });
    expect(viewport.placement.value.zoom).toBeCloseTo(2);
    pointer("up", 405, 256, { id: 2, type: "touch" });
    pointer("up", 205, 256, { id: 1, type: "touch" });
    expect(desk.all.value).toEqual([]);
    expect(desk.draft.value).toBeNull();
  });

  it("two move with their middle where one scrolls", () => {
    tool = "scroll";
    pointer("down", 200, 200, { id: 1, type: "touch" });
    pointer("down", 300, 200, { id: 2, type: "touch" });
    pointer("move", 200, 240, { id: 1, type: "touch" });
    pointer("move", 300, 240, { id: 2, type: "touch" });
    const { centre, zoom } = viewport.placement.value;
    expect(zoom).toBeCloseTo(1);
    expect(centre[1]).toBeCloseTo(216);
  });
});

describe("the pointer over the image", () => {
  it("is told in image coordinates, and that it left", () => {
    viewport.zoomBy(2);
    pointer("move", 256, 256);
    pointer("leave", 0, 0);
    expect(hovered).toEqual([[256, 256], null]);
  });
});

describe("the text tool on a text of one's own", () => {
  beforeEach(() => {
    tool = "text";
    desk.reset("s", [mark("text", [[100, 100]], { text: "here", sop_instance_uid: "1.2.20" })]);
  });

  it("goes on writing it at a click, selected or not", () => {
    for (const _ of ["not selected", "selected"]) {
      drag([101, 101], [101, 101]);
      expect(desk.typing.value).toMatchObject({ id: "m1", text: "here" });
      desk.endTyping("here");
      expect(desk.all.value[0]?.revision).toBe(1);
      expect(desk.selectedId.value).toBe("m1");
    }
  });

  it("moves it at a drag", () => {
    drag([100, 100], [150, 120]);
    expect(desk.typing.value).toBeNull();
    expect(desk.all.value.map(({ points }) => points)).toEqual([[[150, 120]]]);
  });
});
