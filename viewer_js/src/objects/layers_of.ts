/** Objects as layers of one frame: what of them lies on it, in its image coordinates. Pure. */

import { COLOURS } from "../annotations/colours";
import type { Point } from "../annotations/model";
import type { Vector3 } from "../api/manifest";
import type { Frame } from "../stream/stack";
import { type Affine, imageToPatient } from "../viewport/geometry";
import { type Layer, SAME } from "../viewport/layers";
import { toImage } from "../viewport/patient_space";
import { planeLayers } from "./planes";
import type {
  DisplayedArea,
  Graphic,
  Presentation,
  Reference,
  Segmentation,
  SegmentFrame,
  Structures,
  Units,
} from "./types";

/** millimetres: slices without a thickness are taken to be this thick */
const THIN = 1;
const PARALLEL = 0.999;
const STEPS = 72;

export function refersTo(references: readonly Reference[], frame: Frame): boolean {
  return references.some(
    ({ uid, frames }) =>
      uid === frame.instance.sop_instance_uid && (frames.length === 0 || frames.includes(frame.number)),
  );
}

export function areaOf(state: Presentation, frame: Frame): DisplayedArea | null {
  const own = state.areas.find(({ images }) => refersTo(images, frame));
  return own ?? state.areas.find(({ images }) => images.length === 0) ?? null;
}

export function presentationLayers(state: Presentation, frame: Frame): Layer[] {
  if (!refersTo(state.images, frame)) return [];
  const area = areaOf(state, frame);
  const layers: Layer[] = state.shutter ? [{ kind: "shutter", shutter: state.shutter }] : [];
  const colourOf = (layer: string) => {
    const order = Object.keys(state.layers).indexOf(layer);
    return state.layers[layer]?.colour ?? (COLOURS[Math.max(0, order) % COLOURS.length] as string);
  };
  layers.push(...planeLayers(state, colourOf));
  state.annotations
    .filter(({ images }) => images.length === 0 || refersTo(images, frame))
    .forEach(({ layer, graphics, texts }) => {
      const colour = colourOf(layer);
      const place = (point: Point, units: Units) => placed(point, units, area, state.rotation);
      for (const graphic of graphics) layers.push(outlineOf(graphic, place, colour));
      for (const { text, at, units } of texts)
        layers.push({ kind: "text", at: place(at, units), text, colour });
    });
  return layers;
}

/** DISPLAY: parts of the displayed area as it stands on the screen, (0, 0) its top left (PS3.3 C.10.5.1.2). */
function placed([x, y]: Point, units: Units, area: DisplayedArea | null, rotation: number): Point {
  if (units !== "DISPLAY" || !area) return [x, y];
  const lying = rotation === 90 || rotation === 270;
  const across = (axis: 0 | 1, part: number) => {
    const [first, last] = [area.top_left[axis], area.bottom_right[axis]];
    const [from, to] = first <= last ? [first - 1, last] : [first, last - 1];
    return from + part * (to - from);
  };
  return lying ? [across(0, y), across(1, x)] : [across(0, x), across(1, y)];
}

export function outlineOf(
  { type, points, units, filled }: Graphic,
  place: (point: Point, units: Units) => Point,
  colour: string,
): Layer {
  const shown = points.map((point) => place(point, units));
  const closed = type === "CIRCLE" || type === "ELLIPSE" || filled;
  const line = type === "CIRCLE" ? circle(shown) : type === "ELLIPSE" ? ellipse(shown) : shown;
  return { kind: "outline", points: line, closed, filled, colour };
}

/** Centre and a point of the line. */
function circle([centre = [0, 0], edge = centre]: readonly Point[]): Point[] {
  const radius = Math.hypot(edge[0] - centre[0], edge[1] - centre[1]);
  return around((cos, sin) => [centre[0] + radius * cos, centre[1] + radius * sin]);
}

/** The ends of the major axis, then of the minor. */
function ellipse(points: readonly Point[]): Point[] {
  const [[x0, y0] = [0, 0], [x1, y1] = [0, 0], [x2, y2] = [0, 0], [x3, y3] = [0, 0]] = points;
  const [x, y] = [(x0 + x1) / 2, (y0 + y1) / 2];
  return around((cos, sin) => [
    x + ((x1 - x0) / 2) * cos + ((x3 - x2) / 2) * sin,
    y + ((y1 - y0) / 2) * cos + ((y3 - y2) / 2) * sin,
  ]);
}

function around(at: (cos: number, sin: number) => Point): Point[] {
  return Array.from({ length: STEPS }, (_, i) => {
    const angle = (2 * Math.PI * i) / STEPS;
    return at(Math.cos(angle), Math.sin(angle));
  });
}

export function colourAt(place: number, own: string | null): string {
  return own ?? (COLOURS[place % COLOURS.length] as string);
}

/** `hidden`: numbers of regions that are not to be seen. */
export function structureLayers(structures: Structures, frame: Frame, hidden: ReadonlySet<number>): Layer[] {
  return structures.regions.flatMap((region, place) => {
    if (hidden.has(region.number ?? -1)) return [];
    const colour = colourAt(place, region.colour);
    return region.contours.flatMap(({ type, uid, points }): Layer[] => {
      const named = uid === frame.instance.sop_instance_uid;
      const shares = region.frame_of_reference_uid === frame.instance.frame_of_reference_uid;
      if (!named && (uid !== null || !shares)) return [];
      const line = inImage(points, frame);
      const closed = type.startsWith("CLOSED");
      return line ? [{ kind: "outline", points: line, closed, filled: false, colour }] : [];
    });
  });
}

function halfThickness({ instance }: Frame): number {
  return Math.max(instance.slice_thickness ?? THIN, 0.01) / 2;
}

/** null: this contour lies on another slice. */
export function inImage(points: readonly number[], frame: Frame): Point[] | null {
  const line: Point[] = [];
  for (let i = 0; i + 2 < points.length; i += 3) {
    const found = toImage(frame, [points[i], points[i + 1], points[i + 2]] as unknown as Vector3);
    if (!found || Math.abs(found.distance) > halfThickness(frame) + 1e-3) return null;
    line.push(found.point);
  }
  return line;
}

export interface WantedMask {
  readonly frame: SegmentFrame;
  readonly toImage: Affine;
}

/** The frames of a segmentation that lie on an image's frame. */
export function masksOn(segmentation: Segmentation, frame: Frame): WantedMask[] {
  const shares = segmentation.frame_of_reference_uid === frame.instance.frame_of_reference_uid;
  return segmentation.frames.flatMap((one) => {
    const isOfImage = one.uid !== null && one.uid === frame.instance.sop_instance_uid;
    const unnamed = one.uid === null && shares ? byPlane(one, frame) : null;
    const toImage = isOfImage ? onNamed(segmentation, one, frame) : unnamed;
    return toImage ? [{ frame: one, toImage }] : [];
  });
}

/** On the image a mask names; without a frame number only where it lies. */
function onNamed(segmentation: Segmentation, one: SegmentFrame, frame: Frame): Affine | null {
  const isNamed = one.frame === frame.number || frame.instance.frames === 1;
  if (one.frame !== null && !isNamed) return null;
  return byPlane(one, frame) ?? (isNamed ? bySize(segmentation, frame) : null);
}

function bySize({ rows, columns }: Segmentation, { instance }: Frame): Affine {
  return { ...SAME, a: instance.columns / columns, d: instance.rows / rows };
}

/** Where a mask's pixels lie on the image; null when its plane is another, or unknown. */
function byPlane({ position, orientation, spacing }: SegmentFrame, frame: Frame): Affine | null {
  if (!position || !orientation || !spacing || !frame.orientation) return null;
  const [origin, right, below] = (
    [
      [0, 0],
      [1, 0],
      [0, 1],
    ] as const
  ).map((point) => toImage(frame, imageToPatient(point, position, orientation, spacing)));
  if (!origin || !right || !below || !parallel(orientation, frame.orientation)) return null;
  if (Math.abs(origin.distance) > halfThickness(frame) + 1e-3) return null;
  const [x, y] = origin.point;
  return {
    a: right.point[0] - x,
    b: right.point[1] - y,
    c: below.point[0] - x,
    d: below.point[1] - y,
    e: x,
    f: y,
  };
}

function normalOf([a, b, c, d, e, f]: readonly number[]): Vector3 {
  const [rx = 0, ry = 0, rz = 0, cx = 0, cy = 0, cz = 0] = [a, b, c, d, e, f];
  return [ry * cz - rz * cy, rz * cx - rx * cz, rx * cy - ry * cx];
}

function parallel(one: readonly number[], other: readonly number[]): boolean {
  const [a, b] = [normalOf(one), normalOf(other)];
  return Math.abs(a[0] * b[0] + a[1] * b[1] + a[2] * b[2]) > PARALLEL;
}

/** The masks of a segmentation on a frame, as far as `valuesOf` has them here. */
export function segmentationLayers(
  segmentation: Segmentation,
  frame: Frame,
  hidden: ReadonlySet<number>,
  valuesOf: (number: number) => Uint8Array | null,
): Layer[] {
  const { rows, columns, type, segments } = segmentation;
  return masksOn(segmentation, frame).flatMap(({ frame: one, toImage: map }) => {
    const meant = segments
      .map((segment, place) => ({ ...segment, place }))
      .filter(({ number }) => !hidden.has(number) && (one.segment === null || one.segment === number));
    const values = meant.length > 0 ? valuesOf(one.number) : null;
    if (values?.length !== rows * columns) return [];
    return meant.map(({ number, colour, place }): Layer => {
      const shown = colourAt(place, colour);
      const strength = (value: number) => 0.45 * partOf(segmentation, value, number);
      const look = `${type} ${number} ${shown}`;
      return { kind: "bitmask", rows, columns, toImage: map, values, strength, look, colour: shown };
    });
  });
}

/** How much of a pixel belongs to the segment. */
function partOf({ type, maximum }: Segmentation, value: number, number: number): number {
  if (type === "LABELMAP") return value === number && value > 0 ? 1 : 0;
  return type === "FRACTIONAL" ? Math.min(1, value / maximum) : value > 0 ? 1 : 0;
}
