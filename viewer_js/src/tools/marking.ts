/** The tools that draw marks, in the order in which they are offered. */

import type { AnnotationKind } from "../annotations/model";
import { msg } from "../i18n/translate";
import { LateDrag } from "./late_drag";
import { markHands } from "./mark_hands";
import type { Tool, ToolContext, ToolPoint } from "./tool";

export interface MarkGroup {
  /** English message */
  readonly name: string;
  readonly tools: readonly Tool[];
}

function markTool(kind: AnnotationKind, look: Pick<Tool, "icon" | "key" | "name">): Tool {
  const begin = (context: ToolContext, at: ToolPoint) => {
    const hands = markHands.peek();
    if (hands) return hands.beginMark(kind, context, at);
    const coming = markHands.fetch();
    return new LateDrag(
      coming.then(
        ({ beginMark }) =>
          (point) =>
            beginMark(kind, context, point),
      ),
      at,
    );
  };
  return { ...look, id: kind, cursor: "crosshair", makesMarks: true, begin };
}

export const MARK_GROUPS: readonly MarkGroup[] = [
  {
    name: msg("Lengths"),
    tools: [
      markTool("length", { name: msg("Length"), key: "l", icon: "length" }),
      markTool("polyline", { name: msg("Length along a line"), key: "K", icon: "polyline" }),
      markTool("bidirectional", { name: msg("Two diameters"), key: "b", icon: "bidirectional" }),
      markTool("ratio", { name: msg("Ratio of two lengths"), key: "B", icon: "ratio" }),
    ],
  },
  {
    name: msg("Angles"),
    tools: [
      markTool("angle", { name: msg("Angle"), key: "a", icon: "angle" }),
      markTool("cobb", { name: msg("Cobb angle"), key: "A", icon: "cobb" }),
    ],
  },
  {
    name: msg("Values"),
    tools: [
      markTool("probe", { name: msg("Value of a pixel"), key: "o", icon: "probe" }),
      markTool("ellipse", { name: msg("Ellipse with values"), key: "e", icon: "ellipse" }),
      markTool("circle", { name: msg("Circle with values"), key: "E", icon: "circle" }),
      markTool("rectangle", { name: msg("Rectangle with values"), key: "u", icon: "rectangle" }),
      markTool("freehand", { name: msg("Freehand with values"), key: "k", icon: "freehand" }),
    ],
  },
  {
    name: msg("Arrows and texts"),
    tools: [
      markTool("arrow", { name: msg("Arrow"), key: "d", icon: "arrow" }),
      markTool("text", { name: msg("Text"), key: "t", icon: "text" }),
      markTool("spine_label", { name: msg("Spine labels"), key: "y", icon: "spine_label" }),
    ],
  },
];

export const MARK_TOOLS: readonly Tool[] = MARK_GROUPS.flatMap(({ tools }) => tools);
