/** Tells the reading log each second which pictures of a volume are on the screen, and whether with all their values. */

import type { PlanesSeen, ReadingLog } from "../reading/log";
import type { CellName, VolumeSession } from "./session";

const SECOND = 1000;

/** The second that has just passed, by what each cell in sight has shown. */
export function secondOf(session: VolumeSession, inSight: readonly CellName[]): PlanesSeen {
  const isBody = (cell: CellName) => cell === "last" && session.last.peek() === "rendering";
  const drawn = inSight.filter((cell) => session.pictures.has(cell));
  const planes = drawn.filter((cell) => !isBody(cell));
  return {
    shown: planes.length > 0 ? 1 : 0,
    full: planes.some((cell) => session.pictures.get(cell) === "full") ? 1 : 0,
    body: drawn.some(isBody) ? 1 : 0,
  };
}

/** On a phone, or with one picture alone, the others have no size. */
function cellsInSight(place: HTMLElement): CellName[] {
  const cells = [...place.querySelectorAll<HTMLElement>("[data-cell]")];
  return cells.filter(({ clientWidth }) => clientWidth > 0).map(({ dataset }) => dataset.cell as CellName);
}

/** What is returned ends it. */
export function watchPlanes(session: VolumeSession, reading: ReadingLog, place: HTMLElement): () => void {
  const timer = setInterval(() => {
    if (document.hidden) return;
    const second = secondOf(session, cellsInSight(place));
    if (second.shown + second.body > 0) reading.sawPlanes(session.stack, second);
  }, SECOND);
  return () => clearInterval(timer);
}
