/**
 * One line for each kind of mark: how many points a person places, what those make, and what moving a handle does.
 * Everything else about marks (drawing tools, keyboard, undo, the wire) is the same for all kinds.
 */

import type { AnnotationKind, GraphicType, Point } from "./model";

export interface Kind {
  readonly graphicType: GraphicType;
  /** points a person places, one after the other */
  readonly steps: number;
  readonly asksText: "always" | "never" | "offered";
  /** the mark's points from those placed so far, the last of which is still moving */
  points(placed: readonly Point[]): Point[];
  /** the points after handle `at` was moved */
  moved(points: readonly Point[], at: number, to: Point): Point[];
}

function replaced(points: readonly Point[], at: number, to: Point): Point[] {
  return points.map((point, i) => (i === at ? to : point));
}

function first(placed: readonly Point[]): Point {
  return placed[0] ?? [0, 0];
}

function last(placed: readonly Point[]): Point {
  return placed.at(-1) ?? [0, 0];
}

/** Ellipse in the box between two corners: major axis first. */
function ellipseIn([x0, y0]: Point, [x1, y1]: Point): Point[] {
  const [x, y] = [(x0 + x1) / 2, (y0 + y1) / 2];
  return majorFirst([
    [Math.min(x0, x1), y],
    [Math.max(x0, x1), y],
    [x, Math.min(y0, y1)],
    [x, Math.max(y0, y1)],
  ]);
}

function distance([x0, y0]: Point, [x1, y1]: Point): number {
  return Math.hypot(x1 - x0, y1 - y0);
}

function majorFirst(points: readonly Point[]): Point[] {
  const [a, b, c, d] = points;
  if (!a || !b || !c || !d) return [...points];
  return distance(a, b) >= distance(c, d) ? [a, b, c, d] : [c, d, a, b];
}

/** An end of one axis moves along that axis; the other axis follows the middle. */
function ellipseMoved(points: readonly Point[], at: number, to: Point): Point[] {
  const opposite = points[at ^ 1];
  const old = points[at];
  const length = old && opposite ? distance(old, opposite) : 0;
  if (!old || !opposite || length === 0) return [...points];
  const direction: Point = [(old[0] - opposite[0]) / length, (old[1] - opposite[1]) / length];
  const reach = (to[0] - opposite[0]) * direction[0] + (to[1] - opposite[1]) * direction[1];
  const end: Point = [opposite[0] + direction[0] * reach, opposite[1] + direction[1] * reach];
  const shift: Point = [(end[0] - old[0]) / 2, (end[1] - old[1]) / 2];
  return points.map((point, i) => {
    if (i === at) return end;
    return i === (at ^ 1) ? point : [point[0] + shift[0], point[1] + shift[1]];
  });
}

export const KINDS: Record<AnnotationKind, Kind> = {
  angle: {
    graphicType: "POLYLINE",
    steps: 3,
    asksText: "never",
    points: (placed) => [first(placed), placed[1] ?? last(placed), last(placed)],
    moved: replaced,
  },
  arrow: {
    graphicType: "POLYLINE",
    steps: 2,
    asksText: "offered",
    // a person first presses what the arrow points at
    points: (placed) => [last(placed), first(placed)],
    moved: replaced,
  },
  ellipse: {
    graphicType: "ELLIPSE",
    steps: 2,
    asksText: "never",
    points: (placed) => ellipseIn(first(placed), last(placed)),
    moved: ellipseMoved,
  },
  length: {
    graphicType: "POLYLINE",
    steps: 2,
    asksText: "never",
    points: (placed) => [first(placed), last(placed)],
    moved: replaced,
  },
  text: {
    graphicType: "POINT",
    steps: 1,
    asksText: "always",
    points: (placed) => [last(placed)],
    moved: replaced,
  },
};

export function shifted(points: readonly Point[], [dx, dy]: Point): Point[] {
  return points.map(([x, y]) => [x + dx, y + dy]);
}

/** Ready to be kept: the ellipse's longer axis first. */
export function settled(kind: AnnotationKind, points: readonly Point[]): Point[] {
  return kind === "ellipse" ? majorFirst(points) : [...points];
}
