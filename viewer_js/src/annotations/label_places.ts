/** Where the texts of marks stand: beside their mark, inside the viewport, and not over each other if there is room. */

import type { Size } from "../viewport/geometry";
import type { AnnotationKind, Point } from "./model";

export const LINE_HEIGHT = 16;
/** about the width of a letter; near enough to keep labels inside */
const LETTER = 7.4;
const GAP = 10;
/** the slider stands at the right edge */
const EDGE = 30;
/** lines a label may step aside for others */
const FARTHER = [0, 1, 2, 3] as const;

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

function meet(one: Box, other: Box): boolean {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}

/** Takes the labels of one drawing one after the other; the base line of each one's first line comes back. */
export class LabelPlaces {
  readonly #size: Size;
  readonly #taken: Box[] = [];

  constructor(size: Size) {
    this.#size = size;
  }

  take(kind: AnnotationKind, points: readonly Point[], lines: readonly string[]): Point {
    const width = Math.max(...lines.map((line) => line.length)) * LETTER;
    const height = lines.length * LINE_HEIGHT;
    const boxOf = ([x, y]: Point): Box => {
      const top = y - LINE_HEIGHT + 4;
      return { left: x, top, right: x + width, bottom: top + height };
    };
    const places = this.#candidates(kind, points, width, height);
    const free = places.find((place) => !this.#taken.some((box) => meet(box, boxOf(place))));
    const place = free ?? places[0] ?? [EDGE, LINE_HEIGHT];
    this.#taken.push(boxOf(place));
    return place;
  }

  /** Where it hides the least: to the right, else to the left, else below, else above; best first. */
  #candidates(kind: AnnotationKind, points: readonly Point[], width: number, height: number): Point[] {
    const [tail = [0, 0], head = tail] = points;
    const within = (x: number) => Math.max(EDGE, Math.min(x, this.#size.width - EDGE - width));
    if (kind === "arrow") {
      const y = tail[1] + (tail[1] < head[1] ? -8 - (height - LINE_HEIGHT) : 18);
      return [[within(tail[0] < head[0] ? tail[0] : tail[0] + 6), y]];
    }
    const xs = points.map(([x]) => x);
    const ys = points.map(([, y]) => y);
    const [left, right] = [Math.min(...xs), Math.max(...xs)];
    const y = (points.find(([x]) => x === right) ?? tail)[1] + 5;
    const toRight: Point = [right + GAP, y];
    const toLeft: Point = [left - GAP - width, y];
    const below = (farther: number): Point => [within(left), Math.max(...ys) + GAP + 10 + farther];
    const above = (farther: number): Point => [
      within(left),
      Math.min(...ys) - GAP - (height - LINE_HEIGHT) - farther,
    ];
    const farther = FARTHER.flatMap((lines) => [below(lines * LINE_HEIGHT), above(lines * LINE_HEIGHT)]);
    return [
      ...(toRight[0] + width <= this.#size.width - EDGE ? [toRight] : []),
      ...(toLeft[0] >= EDGE ? [toLeft] : []),
      below(0),
      ...farther.filter(([, y]) => y >= LINE_HEIGHT && y + height <= this.#size.height),
    ];
  }
}
