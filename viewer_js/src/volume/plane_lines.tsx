/** What lies over a plane: the lines of the other two with their handles, the curve, temporary measures. */

import type { Point } from "../annotations/model";
import type { Vector3 } from "../api/manifest";
import { linesOf, type Measure } from "./measures";
import type { PlaneModel } from "./plane_model";
import {
  type CrossLine,
  crossLines,
  distanceFrom,
  endsOf,
  handlesOf,
  type Projection,
  toScreen,
} from "./projection";
import type { VolumeSession } from "./session";

/** CSS pixels left free around the focus, so that what lies there is seen. */
const GAP = 14;
const LINE_HEIGHT = 15;

function Line({ line, screen }: { line: CrossLine; screen: Projection }) {
  const [from, to] = endsOf(line, screen.size);
  const [x, y] = line.through;
  const [dx, dy] = [line.along[0] * GAP, line.along[1] * GAP];
  const parts = [
    [from, [x - dx, y - dy]],
    [[x + dx, y + dy], to],
  ] as const;
  return (
    <g class={`hv-mpr-line hv-mpr-${line.of}`}>
      {parts.map(([[x1, y1], [x2, y2]], i) => (
        <line key={i} x1={x1} y1={y1} x2={x2} y2={y2} />
      ))}
      {handlesOf(line, screen.size).map(([cx, cy], i) => (
        <circle key={i} cx={cx} cy={cy} r={5} />
      ))}
    </g>
  );
}

/** The edges of a thick slab, seen from the side. */
function SlabEdges({ line, screen, slab }: { line: CrossLine; screen: Projection; slab: number }) {
  const off = slab / 2 / screen.millimetres;
  if (off < 3) return null;
  const [nx, ny] = [-line.along[1] * off, line.along[0] * off];
  const [[x1, y1], [x2, y2]] = endsOf(line, screen.size);
  return (
    <g class={`hv-mpr-slab hv-mpr-${line.of}`}>
      <line x1={x1 + nx} y1={y1 + ny} x2={x2 + nx} y2={y2 + ny} />
      <line x1={x1 - nx} y1={y1 - ny} x2={x2 - nx} y2={y2 - ny} />
    </g>
  );
}

function text(points: readonly Point[]): string {
  return points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ");
}

interface MeasureProps {
  measure: Measure;
  screen: Projection;
  model: PlaneModel;
}

function MeasureShape({ measure, screen, model }: MeasureProps) {
  const isEllipse = measure.kind === "ellipse";
  const lines = linesOf(measure, model.valueLines(measure));
  const points = measure.points.map((point) => toScreen(screen, point));
  const [x, y] = (isEllipse ? points[1] : points.at(-1)) ?? [0, 0];
  const isFarRight = x > screen.size.width - (isEllipse ? 150 : 90);
  const left = x + (isFarRight ? -10 : 10);
  const top = Math.max(16, y - 8 - (lines.length - 1) * LINE_HEIGHT);
  return (
    <g class="hv-mpr-measure">
      {isEllipse ? <path d={ellipsePath(points)} /> : <polyline points={text(points)} />}
      {points.map(([cx, cy], i) => (
        <circle key={i} cx={cx} cy={cy} r={3} />
      ))}
      <text x={left} y={top} text-anchor={isFarRight ? "end" : "start"}>
        {lines.map((line, i) => (
          <tspan key={i} x={left} dy={i === 0 ? 0 : LINE_HEIGHT}>
            {line}
          </tspan>
        ))}
      </text>
    </g>
  );
}

/** Through the ends of its axes; in other planes it may lie slanted. */
function ellipsePath(points: readonly Point[]): string {
  const [a = [0, 0], b = a, c = a, d = c] = points;
  const [x, y] = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
  const [ux, uy] = [(b[0] - a[0]) / 2, (b[1] - a[1]) / 2];
  const [vx, vy] = [(d[0] - c[0]) / 2, (d[1] - c[1]) / 2];
  const at = (turn: number) => {
    const [cosine, sine] = [Math.cos(turn), Math.sin(turn)];
    return `${(x + ux * cosine + vx * sine).toFixed(1)},${(y + uy * cosine + vy * sine).toFixed(1)}`;
  };
  return `M${Array.from({ length: 64 }, (_, i) => at((i * Math.PI) / 32)).join(" ")}Z`;
}

/** Within half a slab, or half a pixel, of the plane. */
function liesIn(screen: Projection, slab: number, points: readonly Vector3[]): boolean {
  const reach = Math.max(slab / 2, 0.5);
  return points.every((point) => Math.abs(distanceFrom(screen, point)) <= reach);
}

function CurveShape({ session, screen }: { session: VolumeSession; screen: Projection }) {
  const points = session.curve.points.value;
  const drawn = points.map((point) => toScreen(screen, point));
  return (
    <g class="hv-mpr-curve">
      <polyline points={text(drawn)} />
      {drawn.map(([cx, cy], i) => {
        const isNear = liesIn(screen, session.slab.value, [points[i] as Vector3]);
        return <circle key={i} cx={cx} cy={cy} r={5} class={isNear ? "" : "hv-mpr-far"} />;
      })}
    </g>
  );
}

export function PlaneLines({ session, model }: { session: VolumeSession; model: PlaneModel }) {
  const screen = model.projection.value;
  if (!screen) return null;
  const lines = session.showsLines.value ? crossLines(session.trio.value, model.name, screen) : [];
  const slab = session.slab.value;
  const { all, draft } = session.measures;
  const measures = [...all.value, ...(draft.value ? [draft.value] : [])];
  return (
    <svg class="hv-mpr-over" aria-hidden="true">
      {lines.map((line) => (
        <SlabEdges key={line.of} line={line} screen={screen} slab={slab} />
      ))}
      {lines.map((line) => (
        <Line key={line.of} line={line} screen={screen} />
      ))}
      <CurveShape session={session} screen={screen} />
      {measures
        .filter(({ points }) => liesIn(screen, slab, points))
        .map((measure, i) => (
          <MeasureShape key={i} measure={measure} screen={screen} model={model} />
        ))}
    </svg>
  );
}
