/** One viewport's canvas of layers, drawn once a drawn frame when something changed. Loaded when first needed. */

import { effect } from "@preact/signals";
import { drawLayers } from "../viewport/layer_canvas";
import type { Layer } from "../viewport/layers";
import type { ViewportModel } from "../viewport/model";
import type { Workspace } from "../viewport/workspace";
import { deskOf } from "./desk";

export { deskOf } from "./desk";

/** Draws until the returned function is called. */
export function attach(canvas: HTMLCanvasElement, viewport: ViewportModel, workspace: Workspace): () => void {
  const context = canvas.getContext("2d");
  if (!context) return () => undefined;
  const desk = deskOf(workspace);
  let layers: readonly Layer[] = [];
  let asked: number | null = null;
  const draw = () => {
    asked = null;
    const { width, height } = viewport.size.peek();
    const ratio = devicePixelRatio;
    const size = { width: Math.round(width * ratio), height: Math.round(height * ratio) };
    if (canvas.width !== size.width) canvas.width = size.width;
    if (canvas.height !== size.height) canvas.height = size.height;
    const { a, b, c, d, e, f } = viewport.toScreen.peek();
    const toDevice = { a: a * ratio, b: b * ratio, c: c * ratio, d: d * ratio, e: e * ratio, f: f * ratio };
    const { columns, rows } = viewport.plane.peek();
    drawLayers({ context, toDevice, image: { width: columns, height: rows }, size, ratio }, layers);
  };
  const stop = effect(() => {
    const frame = viewport.frame.value;
    void [viewport.toScreen.value, viewport.size.value];
    layers = frame ? desk.layersOn(frame) : [];
    asked ??= requestAnimationFrame(draw);
  });
  return () => {
    stop();
    if (asked !== null) cancelAnimationFrame(asked);
  };
}
