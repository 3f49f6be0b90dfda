/** What a structured report measured, drawn where it was measured, with its names and values. */

import { COLOURS } from "../annotations/colours";
import type { Point } from "../annotations/model";
import { measuredText } from "../documents/report_words";
import type { Frame } from "../stream/stack";
import type { Layer } from "../viewport/layers";
import { inImage, outlineOf } from "./layers_of";
import type { MeasuredGroup, MeasuredShape, Measurements } from "./types";

/** The points of a shape on this frame, as often as it is a point of its own; none: it lies elsewhere. */
function linesOn(shape: MeasuredShape, frame: Frame): Point[][] {
  const { type, points } = shape;
  if (shape.uid === null) {
    if (shape.frame_of_reference_uid !== frame.instance.frame_of_reference_uid) return [];
    // points that belong together may lie on many slices
    const pieces = type === "MULTIPOINT" ? triples(points) : [points];
    return pieces.flatMap((piece) => {
      const line = inImage(piece, frame);
      return line ? [line] : [];
    });
  }
  const isHere = shape.frames.length === 0 || shape.frames.includes(frame.number);
  if (shape.uid !== frame.instance.sop_instance_uid || !isHere) return [];
  const line = Array.from({ length: Math.floor(points.length / 2) }, (_, i): Point => {
    return [points[2 * i] as number, points[2 * i + 1] as number];
  });
  return type === "MULTIPOINT" ? line.map((point) => [point]) : [line];
}

function triples(points: readonly number[]): number[][] {
  return Array.from({ length: Math.floor(points.length / 3) }, (_, i) => points.slice(3 * i, 3 * i + 3));
}

function labelOf({ title, values }: MeasuredGroup): string {
  const said = values.map(({ name, measured }) => `${name}: ${measuredText(measured)}`);
  return [title, ...said].filter(Boolean).join("\n");
}

/** `hidden`: places of groups that are not to be seen. */
export function measuredLayers(found: Measurements, frame: Frame, hidden: ReadonlySet<number>): Layer[] {
  return found.groups.flatMap((group, place) => {
    if (hidden.has(place)) return [];
    const colour = colourOfGroup(place);
    const outlines = group.shapes.flatMap((shape) =>
      linesOn(shape, frame).map((points) =>
        outlineOf({ type: shape.type, units: "PIXEL", points, filled: false }, (point) => point, colour),
      ),
    );
    const label = labelOf(group);
    const at = outlines.length > 0 ? rightmost(outlines) : null;
    return at && label ? [...outlines, { kind: "text", at, text: label, colour }] : outlines;
  });
}

export function colourOfGroup(place: number): string {
  return COLOURS[place % COLOURS.length] as string;
}

function rightmost(layers: readonly Layer[]): Point | null {
  const points = layers.flatMap((layer) => (layer.kind === "outline" ? layer.points : []));
  return points.reduce<Point | null>((best, point) => (best && best[0] >= point[0] ? best : point), null);
}

/** The first image that something was measured on. */
export function firstImage(found: Measurements): string | null {
  return found.groups.flatMap(({ shapes }) => shapes).find(({ uid }) => uid !== null)?.uid ?? null;
}
