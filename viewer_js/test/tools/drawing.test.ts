import { beforeEach, describe, expect, it } from "vitest";
import { MarkDesk } from "../../src/annotations/desk";
import type { AnnotationKind, Point } from "../../src/annotations/model";
import { beginMark } from "../../src/tools/drawing";
import type { Drag, ToolPoint } from "../../src/tools/tool";
import { ViewportModel } from "../../src/viewport/model";
import { ME } from "../annotations/marks";
import { instance, series, study } from "../manifests";

let desk: MarkDesk;
let viewport: ViewportModel;

beforeEach(() => {
  viewport = new ViewportModel();
  viewport.size.value = { width: 512, height: 512 };
  viewport.show(study(series("a", [instance(1)])).stacks[0] as never);
  const port = { put: async (a: never) => a, delete: async () => {}, sketch() {} };
  desk = new MarkDesk({ person: ME, port, measure: async (a) => a, onError() {} });
});

const at = (...point: [number, number]): ToolPoint => ({ screen: point, image: point, reach: 8 });

/** Presses, moves and releases; the drag goes on until it says it is done. */
function hand(kind: AnnotationKind) {
  let drag: Drag | null = null;
  const begin = (point: ToolPoint) => {
    if (drag?.press) drag.press(point);
    else if (drag) drag.move(point);
    else drag = beginMark(kind, { viewport, desk }, point);
  };
  const end = (point: ToolPoint) => {
    if (drag?.end(point) === "done") drag = null;
  };
  return {
    click(...point: [number, number]) {
      begin(at(...point));
      end(at(...point));
    },
    drag(...points: Point[]) {
      begin(at(...(points[0] as [number, number])));
      for (const point of points.slice(1)) drag?.move(at(point[0], point[1]));
      end(at(...(points.at(-1) as [number, number])));
    },
    get isDrawing() {
      return drag !== null;
    },
  };
}

const kept = () => desk.all.value.map(({ points }) => points);

describe("a line of many points", () => {
  it("takes a point from each click and ends with a double click", () => {
    const pointer = hand("polyline");
    for (const [x, y] of [
      [10, 10],
      [50, 10],
      [50, 60],
      [50, 60],
    ] as const)
      pointer.click(x, y);
    expect(pointer.isDrawing).toBe(false);
    expect(kept()).toEqual([
      [
        [10, 10],
        [50, 10],
        [50, 60],
      ],
    ]);
  });

  it("is not ended before it has two points", () => {
    const pointer = hand("polyline");
    pointer.click(10, 10);
    pointer.click(10, 10);
    expect([pointer.isDrawing, kept()]).toEqual([true, []]);
  });
});

describe("a freehand region", () => {
  it("is drawn by a drag and closes by itself", () => {
    const pointer = hand("freehand");
    const circle = Array.from({ length: 60 }, (_, i): Point => {
      const angle = (2 * Math.PI * i) / 60;
      return [200 + 90 * Math.cos(angle), 200 + 90 * Math.sin(angle)];
    });
    pointer.drag(...circle);
    expect(pointer.isDrawing).toBe(false);
    expect(kept()[0]?.length).toBeGreaterThan(20);
  });

  it("is made of corners by clicks and ends on its first one", () => {
    const pointer = hand("freehand");
    pointer.click(10, 10);
    pointer.click(100, 10);
    pointer.click(100, 100);
    pointer.click(13, 12);
    expect(pointer.isDrawing).toBe(false);
    expect(kept()[0]).toEqual([
      [10, 10],
      [100, 10],
      [100, 100],
    ]);
  });

  it("of a twitch of the hand is none", () => {
    hand("freehand").drag([10, 10], [15, 10]);
    expect([kept(), desk.draft.value]).toEqual([[], null]);
  });
});

it("vertebrae are numbered by one click each once the first has its name", () => {
  const pointer = hand("spine_label");
  pointer.click(50, 50);
  expect(desk.typing.value?.kind).toBe("spine_label");
  desk.endTyping("t12");
  pointer.click(50, 90);
  pointer.click(50, 130);
  expect(desk.all.value.map(({ text }) => text)).toEqual(["T12", "L1", "L2"]);
});

it("two lines are placed by four clicks", () => {
  const pointer = hand("ratio");
  for (const [x, y] of [
    [10, 10],
    [90, 20],
    [10, 110],
    [90, 100],
  ] as const)
    pointer.click(x, y);
  expect(kept()[0]?.map(([x]) => x)).toEqual([10, 90, 10, 90]);
});

it("two lines are placed by two drags", () => {
  const pointer = hand("cobb");
  pointer.drag([10, 10], [90, 20]);
  expect(kept()).toEqual([]);
  pointer.drag([10, 110], [90, 100]);
  expect(kept()[0]).toEqual([
    [10, 10],
    [90, 20],
    [10, 110],
    [90, 100],
  ]);
});

it("a line that begins where it ends is none", () => {
  const pointer = hand("length");
  pointer.click(10, 10);
  pointer.click(10, 10);
  expect([pointer.isDrawing, kept(), desk.draft.value]).toEqual([false, [], null]);
});
