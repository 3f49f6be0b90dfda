/** What a held pointer shows over the picture: the lens, or the rectangle of a region. */

import { useSignalEffect } from "@preact/signals";
import { useRef } from "preact/hooks";
import { Canvas2DRenderer } from "../viewport/canvas2d";
import { magnified } from "../viewport/geometry";
import type { ViewportModel } from "../viewport/model";
import "./held.css";

/** CSS pixels across; a thumb is to leave some of it free */
export const LENS = 220;
const FACTOR = 3;

function Lens({ viewport }: { viewport: ViewportModel }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const renderer = useRef<Canvas2DRenderer | null>(null);
  useSignalEffect(() => {
    const at = viewport.lens.value;
    const toScreen = viewport.toScreen.value;
    const picture = viewport.shown.value;
    if (!at || !canvas.current) return;
    renderer.current ??= new Canvas2DRenderer(canvas.current);
    const side = Math.round(LENS * devicePixelRatio);
    const toLens = magnified(toScreen, at, FACTOR, LENS / 2, devicePixelRatio);
    renderer.current.draw(picture, toLens, { width: side, height: side });
  });
  const [x, y] = viewport.lens.value ?? [0, 0];
  return (
    <canvas
      ref={canvas}
      class="hv-lens"
      style={{ left: `${x - LENS / 2}px`, top: `${y - LENS / 2}px`, width: `${LENS}px`, height: `${LENS}px` }}
    />
  );
}

export function HeldView({ viewport }: { viewport: ViewportModel }) {
  const rubber = viewport.rubber.value;
  if (viewport.lens.value) return <Lens viewport={viewport} />;
  if (!rubber) return null;
  const [[x0, y0], [x1, y1]] = rubber;
  const [left, top] = [Math.min(x0, x1), Math.min(y0, y1)];
  const style = {
    left: `${left}px`,
    top: `${top}px`,
    width: `${Math.abs(x1 - x0)}px`,
    height: `${Math.abs(y1 - y0)}px`,
  };
  return <div class="hv-rubber" style={style} />;
}
