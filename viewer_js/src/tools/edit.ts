/** Moving a handle of one's own mark, or the whole mark. */

import type { Hit } from "../annotations/hit";
import { hitTest } from "../annotations/hit";
import { KINDS, settledMark, shifted } from "../annotations/kinds";
import type { Annotation, Point } from "../annotations/model";
import type { Frame } from "../stream/stack";
import { aspectOf } from "../viewport/geometry";
import type { Drag, ToolContext, ToolPoint } from "./tool";

/** A label may stand beside the image, but no point of a mark far outside (the server refuses a quarter). */
const MARGIN = 0.2;

export function nearImage({ instance: { rows, columns } }: Frame, [x, y]: Point): Point {
  const margin = MARGIN * Math.max(rows, columns);
  const within = (value: number, end: number) => Math.min(end + margin, Math.max(-margin, value));
  return [within(x, columns), within(y, rows)];
}

export function movedPoints({ kind, points }: Annotation, frame: Frame, handle: number, to: Point): Point[] {
  const aspect = aspectOf({ spacing: frame.spacing, aspect: frame.instance.aspect });
  return KINDS[kind].moved(points, handle, nearImage(frame, to), aspect);
}

/** In pixels of the image: nearer than that to its other end a line measures nothing. */
const NOTHING = 0.5;

/** The points at the other ends of the lines that meet in a handle. */
const ENDS: Record<"angle" | "rectangle" | "lines", (handle: number, count: number) => number[]> = {
  angle: (handle) => [handle - 1, handle + 1],
  rectangle: (handle, count) => [(handle + count - 1) % count, (handle + 1) % count],
  lines: (handle) => [handle ^ 1],
};

/** Whether a handle was let go on the other end of its line: what is left has no length to be read. */
export function isFolded({ kind, points }: Annotation, handle: number): boolean {
  const { fewest, steps } = KINDS[kind];
  if (fewest !== undefined || steps === 1) return false;
  const [x, y] = points[handle] ?? [0, 0];
  return ENDS[kind === "angle" || kind === "rectangle" ? kind : "lines"](handle, points.length).some((at) => {
    const [otherX, otherY] = points[at] ?? [Number.NaN, Number.NaN];
    return Math.hypot(otherX - x, otherY - y) < NOTHING;
  });
}

/** What lies under the pointer on the frame that is shown. */
export function markAt({ viewport, desk }: ToolContext, { screen, reach }: ToolPoint): Hit | null {
  const frame = viewport.frame.peek();
  return frame ? hitTest(desk.on(frame), viewport.toScreen.peek(), screen, reach) : null;
}

/** A click without a move only selects. */
const MOVES_FROM = 3;

export function editDrag(
  { desk, viewport }: ToolContext,
  { annotation, handle }: Hit,
  from: ToolPoint,
  clicked: (annotation: Annotation) => void = () => {},
): Drag {
  let edited: Annotation | null = null;
  const pointsAt = ({ image }: ToolPoint) => {
    const frame = viewport.frame.peek();
    if (handle !== null && frame) {
      return movedPoints(annotation, frame, handle, image);
    }
    return shifted(annotation.points, [image[0] - from.image[0], image[1] - from.image[1]]);
  };
  return {
    move(to) {
      const off = Math.hypot(to.screen[0] - from.screen[0], to.screen[1] - from.screen[1]);
      if (!edited && off < MOVES_FROM) return;
      edited = { ...annotation, points: pointsAt(to), values: null } as Annotation;
      desk.sketch(edited);
    },
    end() {
      if (!edited) clicked(annotation);
      else if (handle !== null && isFolded(edited, handle)) desk.dropDraft();
      else desk.commit(settledMark(edited));
      return "done";
    },
    cancel: () => desk.dropDraft(),
  };
}
