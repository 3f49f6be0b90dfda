/**
 * One line for each kind of mark: how many points a person places, what those make, and what moving a handle does.
 * Everything else about marks (drawing tools, keyboard, undo, the wire) is the same for all kinds.
 */

import type { Annotation, AnnotationKind, GraphicType, Point } from "./model";
import { simplified } from "./simplify";

export interface Kind {
  readonly graphicType: GraphicType;
  /** points a person places, one after the other */
  readonly steps: number;
  /** as many as the person likes, at least so many: placing one twice is the end. A drag draws all along. */
  readonly fewest?: number;
  /** the line goes back to its first point, which is not repeated */
  readonly closed?: true;
  /** what is drawn by a drag is drawn freely */
  readonly stroke?: true;
  readonly asksText: "always" | "never" | "next" | "offered";
  /** the mark's points from those placed so far, the last of which is still moving; `aspect`: height by width of a pixel */
  points(placed: readonly Point[], aspect: number): Point[];
  /** the points after handle `at` was moved */
  moved(points: readonly Point[], at: number, to: Point, aspect: number): Point[];
}

export const MOST_POINTS = 1000;

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

/** As round as a person sees it: where pixels are oblong its axes are of different length. */
function circleAround([x, y]: Point, [toX, toY]: Point, aspect: number): Point[] {
  const radius = Math.hypot(toX - x, (toY - y) * aspect);
  return majorFirst([
    [x - radius, y],
    [x + radius, y],
    [x, y - radius / aspect],
    [x, y + radius / aspect],
  ]);
}

function middleOf(points: readonly Point[]): Point {
  const [a = [0, 0], b = a] = points;
  return [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
}

function rectangleIn([x0, y0]: Point, [x1, y1]: Point): Point[] {
  return [
    [x0, y0],
    [x1, y0],
    [x1, y1],
    [x0, y1],
  ];
}

/** A second axis of half the length across the middle of the first, square to it in the body. */
function crossed(a: Point, b: Point, aspect: number): Point[] {
  const [x, y] = middleOf([a, b]);
  const [dx, dy] = [(b[0] - a[0]) / 4, ((b[1] - a[1]) * aspect) / 4];
  return [a, b, [x - dy, y + dx / aspect], [x + dy, y - dx / aspect]];
}

/** Two lines: until the second is begun it waits at the end of the first. */
function twoLines(placed: readonly Point[]): Point[] {
  const a = first(placed);
  const b = placed[1] ?? last(placed);
  return [a, b, placed[2] ?? b, placed[3] ?? placed[2] ?? b];
}

const NEIGHBOURS = 3;

/** A point of a line drawn freely takes its neighbours along, those farther away less. */
function softlyMoved(points: readonly Point[], at: number, to: Point): Point[] {
  const from = points[at] ?? to;
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  return points.map(([x, y], i) => {
    const away = Math.min(Math.abs(i - at), points.length - Math.abs(i - at));
    const share = away > NEIGHBOURS || points.length < 4 * NEIGHBOURS ? Number(i === at) : 1 - away / 4;
    return [x + dx * share, y + dy * share];
  });
}

const line: Kind = {
  graphicType: "POLYLINE",
  steps: 2,
  asksText: "never",
  points: (placed) => [first(placed), last(placed)],
  moved: replaced,
};

const twice: Kind = { ...line, steps: 4, points: twoLines };

const point: Kind = { ...line, graphicType: "POINT", steps: 1, points: (placed) => [last(placed)] };

export const KINDS: Record<AnnotationKind, Kind> = {
  angle: {
    ...line,
    steps: 3,
    points: (placed) => [first(placed), placed[1] ?? last(placed), last(placed)],
  },
  // a person first presses what the arrow points at
  arrow: { ...line, asksText: "offered", points: (placed) => [last(placed), first(placed)] },
  bidirectional: { ...line, points: (placed, aspect) => crossed(first(placed), last(placed), aspect) },
  circle: {
    ...line,
    graphicType: "ELLIPSE",
    points: (placed, aspect) => circleAround(first(placed), last(placed), aspect),
    moved: (points, _, to, aspect) => circleAround(middleOf(points), to, aspect),
  },
  cobb: twice,
  ellipse: {
    ...line,
    graphicType: "ELLIPSE",
    points: (placed) => ellipseIn(first(placed), last(placed)),
    moved: ellipseMoved,
  },
  freehand: {
    ...line,
    steps: MOST_POINTS,
    fewest: 3,
    closed: true,
    stroke: true,
    points: (placed) => [...placed],
    moved: softlyMoved,
  },
  length: line,
  polyline: { ...line, steps: MOST_POINTS, fewest: 2, points: (placed) => [...placed] },
  probe: point,
  ratio: twice,
  rectangle: {
    ...line,
    closed: true,
    points: (placed) => rectangleIn(first(placed), last(placed)),
    moved: (points, at, to) => {
      const [x, y] = points[(at + 2) % 4] ?? to;
      const corner = (i: number): Point => {
        if (i === at) return to;
        if (i === (at + 2) % 4) return [x, y];
        // corners 0 and 1 share a row, 1 and 2 a column, and so on
        return (i ^ 1) === at ? [x, to[1]] : [to[0], y];
      };
      return [0, 1, 2, 3].map(corner);
    },
  },
  spine_label: { ...point, asksText: "next" },
  text: { ...point, asksText: "always" },
};

export function shifted(points: readonly Point[], [dx, dy]: Point): Point[] {
  return points.map(([x, y]) => [x + dx, y + dy]);
}

/** A mark that was drawn or changed, ready to be kept. */
export function settledMark(mark: Annotation): Annotation {
  return { ...mark, points: settled(mark.kind, mark.points) } as Annotation;
}

/** Ready to be kept: the ellipse's longer axis first, a line drawn freely without the points that change nothing. */
export function settled(kind: AnnotationKind, points: readonly Point[]): Point[] {
  if (kind === "ellipse") return majorFirst(points);
  return kind === "freehand" ? simplified(points) : [...points];
}
