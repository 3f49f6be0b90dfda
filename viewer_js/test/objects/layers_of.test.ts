import { signal } from "@preact/signals";
import { describe, expect, it } from "vitest";
import type { Marks } from "../../src/annotations/reducer";
import { invertOf, placementOf, windowOf } from "../../src/objects/apply";
import {
  masksOn,
  presentationLayers,
  refersTo,
  segmentationLayers,
  structureLayers,
} from "../../src/objects/layers_of";
import { addressOf, arrived } from "../../src/objects/saving";
import type { Presentation, Segmentation, Structures } from "../../src/objects/types";
import type { Frame } from "../../src/stream/stack";
import { colourInto } from "../../src/viewport/layer_canvas";
import { instance, series, study } from "../manifests";

const SAID = { label: "", description: "", author: "", created: "" };
const NONE: ReadonlySet<number> = new Set();

/** Slices at z = 1, 2, 3 with pixels of 0.7 mm; the third image has two frames. */
const opened = study(series("a", [instance(1), instance(2), instance(3, { frames: 2 })]));
const frames = opened.stacks[0]?.frames as readonly Frame[];
const [first, second, third, fourth] = frames as [Frame, Frame, Frame, Frame];

function state(changes: Partial<Presentation> = {}): Presentation {
  return {
    ...SAID,
    kind: "presentation",
    images: [{ uid: "1.2.1", frames: [] }],
    windows: [],
    rescale: [1, 0],
    inverse: null,
    partly: false,
    rotation: 0,
    flip: false,
    areas: [{ images: [], top_left: [1, 1], bottom_right: [512, 512] }],
    shutter: null,
    layers: { ONE: { colour: "#ff0000", description: "" } },
    annotations: [],
    ...changes,
  };
}

function drawn(type: string, points: [number, number][], units: "DISPLAY" | "PIXEL" = "PIXEL") {
  const graphics = [{ type, units, points, filled: false }];
  return [{ images: [], layer: "ONE", graphics, texts: [] }];
}

function lineOf(made: Presentation): readonly (readonly [number, number])[] {
  const [layer] = presentationLayers(made, first);
  return layer?.kind === "outline" ? layer.points : [];
}

describe("a presentation state", () => {
  it("is drawn on the frames it names and on no others", () => {
    const two = [{ uid: "1.2.3", frames: [2] }];
    expect([first, third, fourth].map((frame) => refersTo(two, frame))).toEqual([false, false, true]);
    expect(presentationLayers(state({ annotations: drawn("POINT", [[1, 2]]) }), second)).toEqual([]);
  });

  it("keeps points of the image as they are", () => {
    expect(
      lineOf(
        state({
          annotations: drawn("POLYLINE", [
            [1.5, 2],
            [30, 40],
          ]),
        }),
      ),
    ).toEqual([
      [1.5, 2],
      [30, 40],
    ]);
  });

  it("places points of the displayed area by its corners, turned with it", () => {
    const points: [number, number][] = [
      [0, 0],
      [1, 1],
      [0.5, 0.25],
    ];
    const annotations = drawn("POLYLINE", points, "DISPLAY");
    expect(lineOf(state({ annotations }))).toEqual([
      [0, 0],
      [512, 512],
      [256, 128],
    ]);
    const areas = [{ images: [], top_left: [1, 512] as const, bottom_right: [512, 1] as const }];
    expect(lineOf(state({ annotations, areas, rotation: 90 }))).toEqual([
      [0, 512],
      [512, 0],
      [128, 256],
    ]);
  });

  it("draws circles and ellipses by their points", () => {
    const circle = lineOf(
      state({
        annotations: drawn("CIRCLE", [
          [10, 10],
          [13, 14],
        ]),
      }),
    );
    for (const [x, y] of circle) expect(Math.hypot(x - 10, y - 10)).toBeCloseTo(5);
    const ellipse = lineOf(
      state({
        annotations: drawn("ELLIPSE", [
          [0, 5],
          [20, 5],
          [10, 0],
          [10, 10],
        ]),
      }),
    );
    for (const [x, y] of ellipse) expect(((x - 10) / 10) ** 2 + ((y - 5) / 5) ** 2).toBeCloseTo(1);
  });

  it("gives window, inversion and the displayed part", () => {
    const windows = [{ images: [], center: 50, width: 350, function: "SIGMOID" as const }];
    const alike = state({ windows, rescale: [first.slope, first.intercept] });
    expect(windowOf(alike, first)).toEqual({ center: 50, width: 350, function: "SIGMOID" });
    const image = { ...first, slope: 2, intercept: -1024 };
    expect(windowOf(state({ windows }), image)).toEqual({ center: -924, width: 700, function: "SIGMOID" });
    expect(windowOf(state({ windows, rescale: null }), first)).toBeNull();
    expect(invertOf(state({ inverse: true }), first)).toBe(true);
    const dark = { ...first, instance: { ...first.instance, inverse: true } };
    expect(invertOf(state({ inverse: true }), dark)).toBe(false);
    expect(invertOf(state(), dark)).toBe(false);
    const areas = [{ images: [], top_left: [129, 257] as const, bottom_right: [256, 384] as const }];
    const plane = { columns: 512, rows: 512, aspect: 1 };
    const size = { width: 800, height: 600 };
    const placement = placementOf(state({ areas, flip: true }), first, plane, size);
    expect(placement).toEqual({ zoom: 4, centre: [192, 320], rotation: 0, flip: true });
    expect(placementOf(state(), first, plane, size).zoom).toBe(1);
  });
});

describe("structures", () => {
  const contour = (uid: string | null, z: number) => ({
    type: "CLOSED_PLANAR",
    uid,
    points: [0, 0, z, 7, 0, z, 7, 14, z],
  });
  const structures = (contours: Structures["regions"][number]["contours"]): Structures => ({
    ...SAID,
    kind: "structures",
    cut: false,
    regions: [{ number: 4, name: "A", frame_of_reference_uid: "1.9", colour: "#00ff00", contours }],
  });

  it("lie where the patient's millimetres are in the image", () => {
    const [layer] = structureLayers(structures([contour("1.2.1", 1)]), first, NONE);
    expect(layer).toMatchObject({ kind: "outline", closed: true, colour: "#00ff00" });
    const points = layer?.kind === "outline" ? layer.points : [];
    expect(points.map(([x, y]) => [Number(x.toFixed(6)), Number(y.toFixed(6))])).toEqual([
      [0.5, 0.5],
      [10.5, 0.5],
      [10.5, 20.5],
    ]);
  });

  it("are found by their place where no image is named, and hidden by number", () => {
    const made = structures([contour(null, 2.2)]);
    expect([first, second].map((frame) => structureLayers(made, frame, NONE).length)).toEqual([0, 1]);
    expect(structureLayers(made, second, new Set([4]))).toEqual([]);
  });
});

describe("a segmentation", () => {
  const made = (changes: Partial<Segmentation> = {}, frame: object = {}): Segmentation => ({
    ...SAID,
    kind: "segmentation",
    rows: 2,
    columns: 2,
    type: "BINARY",
    maximum: 255,
    frame_of_reference_uid: "1.9",
    segments: [{ number: 1, name: "A", colour: "#0000ff" }],
    frames: [
      {
        number: 7,
        segment: 1,
        uid: null,
        frame: null,
        position: [0.7, 1.4, 2],
        orientation: [1, 0, 0, 0, 1, 0],
        spacing: [1.4, 1.4],
        ...frame,
      },
    ],
    ...changes,
  });

  it("with pixels of its own lies where they are in the patient", () => {
    expect(masksOn(made(), first)).toEqual([]);
    const [mask] = masksOn(made(), second);
    // its first pixel, 1.4 mm wide, has its centre at (0.7, 1.4): column 1.5, row 2.5
    expect(mask?.toImage.a).toBeCloseTo(2);
    expect(mask?.toImage.d).toBeCloseTo(2);
    expect(mask?.toImage.e).toBeCloseTo(0.5);
    expect(mask?.toImage.f).toBeCloseTo(1.5);
  });

  it("goes by the image it names, else stretched over it", () => {
    const named = made({}, { uid: "1.2.1", frame: null, position: null });
    expect(masksOn(named, first)[0]?.toImage).toMatchObject({ a: 256, d: 256, e: 0, f: 0 });
    expect(masksOn(named, second)).toEqual([]);
    const ofFrame = made({}, { uid: "1.2.3", frame: 2, position: null });
    expect([third, fourth].map((frame) => masksOn(ofFrame, frame).length)).toEqual([0, 1]);
  });

  it("is drawn once its values are here, hidden segments never", () => {
    const values = new Uint8Array([0, 1, 0, 1]);
    expect(segmentationLayers(made(), second, NONE, () => null)).toEqual([]);
    expect(segmentationLayers(made(), second, NONE, () => values)).toHaveLength(1);
    expect(segmentationLayers(made(), second, new Set([1]), () => values)).toEqual([]);
  });

  it("shows fractions by their part and label maps by their number", () => {
    const values = new Uint8Array([0, 2, 1, 128]);
    const strengths = (type: Segmentation["type"], frame: object = {}) => {
      const [layer] = segmentationLayers(made({ type }, frame), second, NONE, () => values);
      return layer?.kind === "bitmask" ? [...values].map((value) => layer.strength(value) / 0.45) : [];
    };
    expect(strengths("BINARY")).toEqual([0, 1, 1, 1]);
    expect(strengths("LABELMAP", { segment: null })).toEqual([0, 0, 1, 0]);
    expect(strengths("FRACTIONAL")[3]).toBeCloseTo(128 / 255);
  });

  it("is coloured with its strength as opacity", () => {
    const pixels = new Uint8ClampedArray(8);
    const strength = (value: number) => (value > 0 ? 0.5 : 0);
    colourInto(pixels, { values: new Uint8Array([0, 1]), colour: "#0a14ff", strength });
    expect([...pixels]).toEqual([0, 0, 0, 0, 10, 20, 255, 128]);
  });
});

it("waits for marks that are still on their way to the server", async () => {
  const mark = (pending: number) => ({ shown: {} as never, confirmed: null, pending });
  const marks = signal<Marks>(new Map([["a", mark(1)]]));
  let isOver = false;
  const waiting = arrived({ marks }).then(() => {
    isOver = true;
  });
  await Promise.resolve();
  expect(isOver).toBe(false);
  marks.value = new Map([["a", mark(0)]]);
  await waiting;
  expect(isOver).toBe(true);
  await expect(arrived({ marks: signal<Marks>(new Map([["a", mark(1)]])) }, 5)).rejects.toThrow();
});

it("marks of a talk are saved at the talk's own address", () => {
  expect(addressOf(opened, undefined)).toBe(`/studies/${opened.id}/objects`);
  expect(addressOf(opened, "c1")).toBe(`/consults/c1/studies/${opened.id}/objects`);
});
