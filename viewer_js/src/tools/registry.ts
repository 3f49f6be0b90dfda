/** All tools, in the order of the toolbar. */

import { angle } from "./angle";
import { arrow } from "./arrow";
import { ellipse } from "./ellipse";
import { length } from "./length";
import { pan } from "./pan";
import { scroll } from "./scroll";
import { select } from "./select";
import { text } from "./text";
import type { Tool, ToolId } from "./tool";
import { window } from "./window";
import { zoom } from "./zoom";

export const TOOLS: readonly Tool[] = [
  window,
  scroll,
  zoom,
  pan,
  select,
  length,
  angle,
  ellipse,
  arrow,
  text,
];

const BY_ID = Object.fromEntries(TOOLS.map((tool) => [tool.id, tool])) as Record<ToolId, Tool>;

export function toolOf(id: ToolId): Tool {
  return BY_ID[id];
}
