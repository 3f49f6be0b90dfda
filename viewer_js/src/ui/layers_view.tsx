/** The place of what is drawn over a viewport's image; empty until an image or a person needs it. */

import { useEffect, useRef } from "preact/hooks";
import { drawing, hasPlanes, needDrawing } from "../objects/asked";
import type { ViewportModel } from "../viewport/model";
import type { Workspace } from "../viewport/workspace";

export function LayersView({ viewport, workspace }: { viewport: ViewportModel; workspace: Workspace }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const draws = drawing.value;
  const frame = viewport.frame.value;
  useEffect(() => {
    if (frame && hasPlanes(frame)) needDrawing();
  }, [frame]);
  useEffect(() => {
    if (draws && canvas.current) return draws.attach(canvas.current, viewport, workspace);
    return undefined;
  }, [draws, viewport, workspace]);
  return draws && <canvas ref={canvas} class="hv-layers" />;
}
