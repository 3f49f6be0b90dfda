/** Over the picture: where the active viewport's slice cuts this one, and the point of the 3D cursor. */

import { apply } from "../viewport/geometry";
import type { ViewportModel } from "../viewport/model";
import type { Workspace } from "../viewport/workspace";
import "./guides.css";

/** A cursor farther off the slice than this many millimetres is drawn hollow. */
const NEAR = 3;
const ARM = 14;
const HOLE = 4;

function Line({ viewport, workspace }: { viewport: ViewportModel; workspace: Workspace }) {
  const line = workspace.guides.lineIn(viewport);
  if (!line) return null;
  const [[x1, y1], [x2, y2]] = [
    apply(viewport.toScreen.value, line[0]),
    apply(viewport.toScreen.value, line[1]),
  ];
  return (
    <g class="hv-reference">
      <line class="hv-rim" x1={x1} y1={y1} x2={x2} y2={y2} />
      <line x1={x1} y1={y1} x2={x2} y2={y2} />
    </g>
  );
}

function Cross({ viewport, workspace }: { viewport: ViewportModel; workspace: Workspace }) {
  const cursor = workspace.guides.cursorIn(viewport);
  if (!cursor) return null;
  const [x, y] = apply(viewport.toScreen.value, cursor.point);
  const thickness = viewport.frame.value?.instance.slice_thickness ?? 0;
  const isNear = Math.abs(cursor.distance) <= Math.max(NEAR, thickness / 2);
  const arms = `M${-ARM} 0H${-HOLE}M${HOLE} 0H${ARM}M0 ${-ARM}V${-HOLE}M0 ${HOLE}V${ARM}`;
  return (
    <g class={`hv-cursor${isNear ? "" : " hv-far"}`} transform={`translate(${x.toFixed(1)} ${y.toFixed(1)})`}>
      <path class="hv-rim" d={arms} />
      <path d={arms} />
    </g>
  );
}

export function GuidesLayer(props: { viewport: ViewportModel; workspace: Workspace }) {
  return (
    <svg class="hv-guides" aria-hidden="true">
      <Line {...props} />
      <Cross {...props} />
    </svg>
  );
}
