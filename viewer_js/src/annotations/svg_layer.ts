/** Marks and pointers over the image, drawn anew whenever something moved: they are few, and this keeps it simple. */

import { type Affine, apply, type Size } from "../viewport/geometry";
import { hasHandle, outlinesOf } from "./hit";
import { LabelPlaces, LINE_HEIGHT } from "./label_places";
import type { Annotation, Point } from "./model";

const SVG = "http://www.w3.org/2000/svg";
const HANDLE = 4.5;
const ARROW_HEAD = 12;

export interface DrawnMark {
  readonly annotation: Annotation;
  readonly lines: readonly string[];
  readonly colour: string;
  readonly selected: boolean;
  /** the server does not have it yet */
  readonly unsaved?: boolean;
}

export interface DrawnPointer {
  readonly at: Point;
  readonly name: string;
  readonly colour: string;
}

function element(name: string, attributes: Record<string, number | string>, className = ""): SVGElement {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  if (className) made.setAttribute("class", className);
  return made;
}

function pathOf(points: readonly Point[]): string {
  return points.map(([x, y], i) => `${i === 0 ? "M" : "L"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");
}

/** Each line twice: a dark rim under the colour, so that it is seen on white bone and on black air. */
function stroke(d: string, colour: string, className = ""): SVGElement[] {
  return [
    element("path", { d }, `hv-rim ${className}`),
    element("path", { d, stroke: colour }, `hv-line ${className}`),
  ];
}

function arrowHead(tail: Point, head: Point): string {
  const angle = Math.atan2(head[1] - tail[1], head[0] - tail[0]);
  const barb = (turn: number): Point => [
    head[0] - ARROW_HEAD * Math.cos(angle + turn),
    head[1] - ARROW_HEAD * Math.sin(angle + turn),
  ];
  return pathOf([barb(0.45), head, barb(-0.45)]);
}

function textAt([x, y]: Point, lines: readonly string[], colour: string): SVGElement {
  const text = element("text", { x, y, fill: colour }, "hv-mark-text");
  lines.forEach((line, i) => {
    const span = element("tspan", { x, y: y + i * LINE_HEIGHT });
    span.textContent = line;
    text.append(span);
  });
  return text;
}

const CROSS = 7;

/** What a mark has beside its lines. */
function signs(
  { kind }: Annotation,
  points: readonly Point[],
  colour: string,
  selected: boolean,
): SVGElement[] {
  const [one, other, third, fourth] = points;
  if (!one) return [];
  const dots = (r: number) => points.map(([cx, cy]) => element("circle", { cx, cy, r, fill: colour }));
  if (kind === "arrow" && other) return stroke(arrowHead(one, other), colour);
  if (kind === "length" || kind === "polyline") return dots(2);
  if ((kind === "cobb" || kind === "ratio") && other && third && fourth) {
    // both lines are one mark
    return [
      element("path", { d: pathOf([middle(one, other), middle(third, fourth)]), stroke: colour }, "hv-join"),
    ];
  }
  if (kind === "probe") {
    const [x, y] = one;
    const across = pathOf([
      [x - CROSS, y],
      [x + CROSS, y],
    ]);
    return stroke(
      across +
        pathOf([
          [x, y - CROSS],
          [x, y + CROSS],
        ]),
      colour,
    );
  }
  return !selected && (kind === "text" || kind === "spine_label") ? dots(2.5) : [];
}

function middle([x0, y0]: Point, [x1, y1]: Point): Point {
  return [(x0 + x1) / 2, (y0 + y1) / 2];
}

function markElement(
  { annotation, lines, colour, selected, unsaved }: DrawnMark,
  toScreen: Affine,
  places: LabelPlaces,
): SVGElement {
  const points = annotation.points.map((point) => apply(toScreen, point));
  const states = [selected && "hv-selected", unsaved && "hv-unsaved"].filter(Boolean);
  const group = element("g", {}, ["hv-mark", ...states].join(" "));
  for (const path of outlinesOf(annotation, points)) group.append(...stroke(pathOf(path), colour));
  group.append(...signs(annotation, points, colour, selected));
  if (selected) {
    points.forEach(([cx, cy], at) => {
      if (!hasHandle(points, at)) return;
      group.append(element("circle", { cx, cy, r: HANDLE, stroke: colour }, "hv-handle"));
    });
  }
  if (lines.length > 0) group.append(textAt(places.take(annotation.kind, points, lines), lines, colour));
  return group;
}

function pointerElement({ at: [x, y], name, colour }: DrawnPointer): SVGElement {
  const group = element("g", { transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})` }, "hv-pointer");
  group.append(element("path", { d: "M0 0 5 14 8 8.5 14 7z", fill: colour }));
  group.append(textAt([12, 22], [name], colour));
  return group;
}

export function drawLayer(
  svg: SVGSVGElement,
  marks: readonly DrawnMark[],
  pointers: readonly DrawnPointer[],
  toScreen: Affine,
  size: Size,
): void {
  const places = new LabelPlaces(size);
  svg.replaceChildren(
    ...marks.map((mark) => markElement(mark, toScreen, places)),
    ...pointers.map((pointer) => pointerElement(pointer)),
  );
}
