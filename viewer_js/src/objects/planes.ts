/** Overlays and bitmap shutters that a presentation state holds itself, as layers. */

import { type Layer, SAME } from "../viewport/layers";
import type { Plane, Presentation } from "./types";

const points = new WeakMap<Plane, Uint8Array>();

/** A byte, 0 or 1, for each point. */
function pointsOf(plane: Plane): Uint8Array {
  const known = points.get(plane);
  if (known) return known;
  const packed = atob(plane.bits);
  const values = new Uint8Array(plane.rows * plane.columns);
  for (let i = 0; i < values.length; i++) values[i] = (packed.charCodeAt(i >> 3) >> (i & 7)) & 1;
  points.set(plane, values);
  return values;
}

const strength = (value: number) => (value > 0 ? 1 : 0);

function layerOf(plane: Plane, look: string, colour: string): Layer {
  const { rows, columns, origin } = plane;
  const toImage = { ...SAME, e: origin[1] - 1, f: origin[0] - 1 };
  return { kind: "bitmask", rows, columns, toImage, values: pointsOf(plane), strength, look, colour };
}

/** `colourOf`: of a graphic layer. */
export function planeLayers(state: Presentation, colourOf: (layer: string) => string): Layer[] {
  const { bitmap_shutter: shutter, planes = [] } = state;
  const shut = shutter ? [layerOf(shutter, "shutter", greyText(shutter.grey))] : [];
  const overlays = planes.map((plane) => {
    const colour = colourOf(plane.layer);
    return layerOf(plane, `overlay ${colour}`, colour);
  });
  return [...shut, ...overlays];
}

function greyText(grey: number): string {
  return `#${grey.toString(16).padStart(2, "0").repeat(3)}`;
}
