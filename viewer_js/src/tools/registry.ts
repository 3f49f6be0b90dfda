/** All tools, in the order of the toolbar. */

import { cursor } from "./cursor";
import { magnifier } from "./magnifier";
import { MARK_TOOLS } from "./marking";
import { pan } from "./pan";
import { scroll } from "./scroll";
import { select } from "./select";
import type { Tool, ToolId } from "./tool";
import { window } from "./window";
import { windowRegion } from "./window_region";
import { zoom } from "./zoom";

export const TOOLS: readonly Tool[] = [
  window,
  windowRegion,
  scroll,
  zoom,
  magnifier,
  pan,
  cursor,
  select,
  ...MARK_TOOLS,
];

const BY_ID = Object.fromEntries(TOOLS.map((tool) => [tool.id, tool])) as Record<ToolId, Tool>;

export function toolOf(id: ToolId): Tool {
  return BY_ID[id];
}
