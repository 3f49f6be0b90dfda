/** What a tool is: it answers a press with a drag, and knows nothing of mice, pens or fingers. */

import type { MarkDesk } from "../annotations/desk";
import type { AnnotationKind, Point } from "../annotations/model";
import type { IconName } from "../ui/icons";
import type { ViewportModel } from "../viewport/model";

export type ToolId =
  | AnnotationKind
  | "cursor"
  | "magnifier"
  | "pan"
  | "scroll"
  | "select"
  | "window"
  | "window_region"
  | "zoom";

/** CSS pixels; fingers are wider than mice. */
export const REACH = { fine: 8, coarse: 22 } as const;

export interface ToolPoint {
  /** CSS pixels in the viewport */
  readonly screen: Point;
  readonly image: Point;
  /** how near counts as touching, CSS pixels */
  readonly reach: number;
}

export interface ToolContext {
  readonly viewport: ViewportModel;
  readonly desk: MarkDesk;
}

export interface Drag {
  /** The button went down again in a drag that went on without it; without this it counts as a move. */
  press?(at: ToolPoint): void;
  move(to: ToolPoint): void;
  /** The button went up; "more" when the drag goes on without a button until the next press. */
  end(at: ToolPoint): "done" | "more";
  cancel(): void;
}

export interface Tool {
  readonly id: ToolId;
  /** English message, translated where shown */
  readonly name: string;
  /** the letter that chooses it */
  readonly key: string;
  readonly icon: IconName;
  readonly cursor: string;
  readonly makesMarks: boolean;
  begin(context: ToolContext, at: ToolPoint): Drag | null;
}

/** A drag that is a function of how far the pointer came since the last move. */
export function stepwise(from: ToolPoint, step: (dx: number, dy: number, to: ToolPoint) => void): Drag {
  let last = from.screen;
  const move = (to: ToolPoint) => {
    step(to.screen[0] - last[0], to.screen[1] - last[1], to);
    last = to.screen;
  };
  return {
    move,
    end(at) {
      move(at);
      return "done";
    },
    cancel() {},
  };
}
