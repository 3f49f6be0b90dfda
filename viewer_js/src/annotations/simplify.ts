/** Fewer points for the same line, by Ramer, Douglas and Peucker. */

import type { Point } from "./model";

/** Image pixels a kept line may differ from the drawn one: far below what a hand can draw. */
const TOLERANCE = 0.25;
const MOST = 200;

/** How far points lie from the line between two others. */
function offOf([x0, y0]: Point, [x1, y1]: Point): (point: Point) => number {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const length = Math.sqrt(dx * dx + dy * dy);
  if (length === 0) return ([x, y]) => Math.sqrt((x - x0) ** 2 + (y - y0) ** 2);
  return ([x, y]) => Math.abs(dx * (y0 - y) - (x0 - x) * dy) / length;
}

function kept(points: readonly Point[], tolerance: number): Point[] {
  const keeps = new Set([0, points.length - 1]);
  const open: [number, number][] = [[0, points.length - 1]];
  for (let span = open.pop(); span; span = open.pop()) {
    const [from, to] = span;
    const off = offOf(points[from] as Point, points[to] as Point);
    let [farthest, most] = [-1, tolerance];
    for (let i = from + 1; i < to; i++) {
      const away = off(points[i] as Point);
      if (away > most) [farthest, most] = [i, away];
    }
    if (farthest < 0) continue;
    keeps.add(farthest);
    open.push([from, farthest], [farthest, to]);
  }
  return points.filter((_, i) => keeps.has(i));
}

/** At least three points stay, at most 200; hundredths of a pixel are enough on the wire. */
export function simplified(points: readonly Point[]): Point[] {
  let found: readonly Point[] = points;
  for (let tolerance = TOLERANCE; tolerance === TOLERANCE || found.length > MOST; tolerance *= 2) {
    const fewer = kept(points, tolerance);
    if (fewer.length < 3) break;
    found = fewer;
  }
  // no line that a hand draws comes here with more
  const every = Math.ceil(found.length / MOST);
  return found
    .filter((_, i) => i % every === 0)
    .map(([x, y]) => [Math.round(x * 100) / 100, Math.round(y * 100) / 100]);
}
