/** Commands of viewports: grid, tiles, links, lines between them. */

import { msg } from "../i18n/translate";
import { gridAfter } from "../viewport/layouts";
import type { Workspace } from "../viewport/workspace";
import type { Command } from "./commands";

export const LAYOUT_COMMANDS: readonly Command[] = [
  {
    keys: ["m"],
    id: "next-grid",
    name: msg("One, two or four viewports"),
    group: "layout",
    run: (w) => w.setLayout(gridAfter(w.layout.peek())),
  },
  {
    keys: ["M"],
    id: "enlarge",
    name: msg("Enlarge the viewport, and back"),
    group: "layout",
    run: toggleEnlarged,
  },
  {
    keys: ["G"],
    id: "tiles",
    name: msg("Tiles: one series over all viewports"),
    group: "layout",
    run: toggleTiles,
  },
  {
    keys: ["S"],
    id: "link-scroll",
    name: msg("Scroll together"),
    group: "layout",
    run: ({ links }) => links.toggle(links.scroll),
  },
  {
    keys: ["W"],
    id: "link-window",
    name: msg("Window together"),
    group: "layout",
    run: ({ links }) => links.toggle(links.window),
  },
  {
    keys: ["Z"],
    id: "link-zoom",
    name: msg("Zoom and move together"),
    group: "layout",
    run: ({ links }) => links.toggle(links.zoom),
  },
  {
    keys: ["R"],
    id: "reference-lines",
    name: msg("Reference lines"),
    group: "layout",
    run: ({ guides }) => {
      guides.lines.value = !guides.lines.peek();
    },
  },
  {
    keys: ["X"],
    id: "cursor-3d",
    name: msg("3D cursor at the middle of the image, and off"),
    group: "layout",
    run: toggleCursor,
  },
];

export function toggleEnlarged(workspace: Workspace): void {
  if (workspace.shownViewports.peek().length < 2 && !workspace.enlarged.peek()) return;
  workspace.enlarged.value = !workspace.enlarged.peek();
}

/** Tiles need several viewports: from one it becomes four. */
export function toggleTiles(workspace: Workspace): void {
  const { tiling } = workspace;
  if (!tiling.isOn.peek() && workspace.shownViewports.peek().length < 2) {
    workspace.setLayout({ rows: 2, columns: 2 });
  }
  tiling.isOn.value = !tiling.isOn.peek();
}

function toggleCursor(workspace: Workspace): void {
  const { guides } = workspace;
  if (guides.hasCursor.peek()) {
    guides.clearCursor();
    return;
  }
  const viewport = workspace.active.peek();
  const { columns, rows } = viewport.plane.peek();
  guides.pointAt(viewport, [columns / 2, rows / 2]);
}
