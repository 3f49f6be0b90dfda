import { describe, expect, it } from "vitest";
import { applyPresentation, invertOf } from "../../src/objects/apply";
import { presentationLayers } from "../../src/objects/layers_of";
import { firstImage, measuredLayers } from "../../src/objects/measured";
import { tablesOf } from "../../src/objects/tables";
import { isOnlyDrawn, type Measurements, type Presentation } from "../../src/objects/types";
import type { Frame } from "../../src/stream/stack";
import { ViewportModel } from "../../src/viewport/model";
import { pictureOf } from "../../src/viewport/picture";
import { instance, series, study } from "../manifests";

const SAID = { label: "", description: "", author: "", created: "" };
const NONE: ReadonlySet<number> = new Set();
const opened = study(series("a", [instance(1), instance(2)]));
const frames = opened.stacks[0]?.frames as readonly Frame[];
const [first, second] = frames as [Frame, Frame];

const STATE: Presentation = {
  ...SAID,
  kind: "presentation",
  images: [{ uid: "1.2.1", frames: [] }],
  windows: [],
  tables: [{ images: [], first: -100, highest: 255, entries: [0, 10, 255] }],
  rescale: [1, -1024],
  inverse: null,
  partly: false,
  rotation: 0,
  flip: false,
  areas: [],
  shutter: null,
  layers: { ONE: { colour: "#ff0000", description: "" } },
  annotations: [],
};

describe("a presentation state's own tables", () => {
  const tables = tablesOf(STATE, first);
  const values = new Int16Array([0, 923, 924, 925, 926, 2000]);
  const entry = { full: { kind: "stored", values } } as unknown as Parameters<typeof pictureOf>[1];

  it("take the window's place until somebody moves it", () => {
    const range = tables?.range ?? null;
    expect(range?.center).toBe(-99);
    const own = pictureOf(first, entry, { window: range, invert: false, tables }).picture;
    expect(own?.kind === "stored" && own.scale.tables?.voi?.entries[1]).toBe(10);
    const moved = { center: -90, width: 20, function: "LINEAR" } as const;
    const other = pictureOf(first, entry, { window: moved, invert: false, tables }).picture;
    expect(other?.kind === "stored" && other.scale.tables).toBe(null);
  });

  it("are each image's own while the series is scrolled", () => {
    const other = { images: [{ uid: "1.2.2", frames: [] }], first: 0, highest: 255, entries: [255, 0] };
    const table = {
      images: [{ uid: "1.2.1", frames: [] }],
      first: -100,
      highest: 255,
      entries: [0, 10, 255],
    };
    const images = [...STATE.images, ...other.images];
    const viewport = new ViewportModel();
    expect(applyPresentation({ ...STATE, images, tables: [table, other] }, opened, viewport)).toBe(true);
    const shown = () => [viewport.tables.value?.whole.voi?.first, viewport.wishedWindow.value?.center];
    expect(shown()).toEqual([-100, -99]);
    viewport.scrollTo(1);
    expect(shown()).toEqual([0, 0.5]);
    expect(viewport.tables.value?.range).toBe(viewport.wishedWindow.value);
    viewport.reset();
    expect(viewport.tables.value).toBe(null);
  });

  it("behind the window are meant from the values as they are", () => {
    const dark = { ...first, instance: { ...first.instance, inverse: true } };
    const behind = { ...STATE, presentation_table: { first: 0, highest: 255, entries: [255, 0] } };
    expect(invertOf(behind, dark)).toBe(true);
  });
});

describe("a presentation state's own planes", () => {
  const bits = btoa(String.fromCharCode(0b101));
  const plane = { rows: 1, columns: 3, origin: [2, 5] as const, bits };

  it("lie in their layer's colour at their place, and shut out what they name", () => {
    const planes = [{ ...plane, layer: "ONE" }];
    const made = { ...STATE, planes, bitmap_shutter: { ...plane, grey: 128 } };
    const [shut, overlay] = presentationLayers(made, first);
    expect(shut).toMatchObject({ kind: "bitmask", colour: "#808080" });
    expect(overlay).toMatchObject({ colour: "#ff0000", toImage: { e: 4, f: 1 } });
    expect(overlay?.kind === "bitmask" && [...overlay.values]).toEqual([1, 0, 1]);
  });
});

describe("what another maker's report measured", () => {
  const measured = {
    value: { text: "12", number: 12 },
    unit: { value: "mm", scheme: "UCUM", meaning: "" },
  };
  const shape = {
    type: "POLYLINE",
    uid: "1.2.1",
    frames: [],
    frame_of_reference_uid: "",
    points: [1, 2, 30, 4],
  };
  const inSpace = { ...shape, uid: null, frame_of_reference_uid: "1.9", points: [0, 0, 2, 7, 0, 2] };
  const found: Measurements = {
    ...SAID,
    kind: "measurements",
    groups: [{ title: "Nodule", values: [{ name: "Length", measured }], shapes: [shape, inSpace] }],
  };

  it("is drawn where it was measured, with name and value", () => {
    expect(measuredLayers(found, first, NONE)).toMatchObject([
      {
        kind: "outline",
        points: [
          [1, 2],
          [30, 4],
        ],
      },
      { kind: "text", at: [30, 4], text: "Nodule\nLength: 12 mm" },
    ]);
    expect(firstImage(found)).toBe("1.2.1");
  });

  it("in the patient's millimetres lies on its slice only", () => {
    const [outline] = measuredLayers(found, second, NONE);
    expect(outline?.kind === "outline" && outline.points).toEqual([
      [0.5, 0.5],
      [10.5, 0.5],
    ]);
  });

  it("at points on several slices has on each those that lie there", () => {
    const shapes = [{ ...inSpace, type: "MULTIPOINT", points: [0, 0, 2, 7, 0, 2, 0, 0, 90] }];
    const many = { ...found, groups: [{ title: "", values: [], shapes }] };
    expect(measuredLayers(many, second, NONE)).toMatchObject([
      { points: [[0.5, 0.5]] },
      { points: [[10.5, 0.5]] },
    ]);
  });

  it("is a page of its own all the same", () => {
    const [report, state] = ["1.2.840.10008.5.1.4.1.1.88.34", "1.2.840.10008.5.1.4.1.1.11.1"];
    expect([isOnlyDrawn(report), isOnlyDrawn(state), isOnlyDrawn("1.2")]).toEqual([false, true, false]);
  });

  it("is not seen when it is hidden", () => {
    expect(measuredLayers(found, first, new Set([0]))).toEqual([]);
  });
});
