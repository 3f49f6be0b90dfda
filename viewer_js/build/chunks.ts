/**
 * What every entry loads at once, what the viewer loads at once, and what it fetches right after the first image are one
 * file each: without this, each module that two of them share becomes a file of its own, and browsers ask for six at a time.
 */

import { join } from "node:path";
import { eagerSources, reachedFrom, SOURCES } from "./reach.ts";

const LIBRARIES = /node_modules[\\/]@?preact/;

/** What ui/afterwards.ts fetches. */
const AFTERWARDS = [
  "tools/mark_code.ts",
  "tools/picture_code.ts",
  "ui/guides_layer.tsx",
  "ui/held_view.tsx",
  "ui/measure_menu.tsx",
  "ui/side_panel.tsx",
  "ui/text_entry.tsx",
  "ui/window_panel.tsx",
  "viewport/following.ts",
  "viewport/guiding.ts",
  "viewport/keeping_place.ts",
];

interface File {
  name: string;
  test: (id: string) => boolean;
  priority: number;
}

export function chunks(): File[] {
  const [viewer, room, studies] = [eagerSources("viewer"), eagerSources("room"), eagerSources("studies")];
  const afterwards = new Set(AFTERWARDS.flatMap((path) => [...reachedFrom(join(SOURCES, path))]));
  const pathOf = (id: string) => id.split("?")[0] ?? "";
  const isFirst = (path: string) => LIBRARIES.test(path) || (viewer.has(path) && room.has(path));
  // a file takes along what it imports, unless one of higher priority has it
  const files: [string, (path: string) => boolean][] = [
    ["base", (path) => studies.has(path) && room.has(path)],
    ["mount", isFirst],
    ["labels", (path) => room.has(path) && afterwards.has(path)],
    ["afterwards", (path) => afterwards.has(path)],
  ];
  return files.map(([name, has], at) => ({
    name,
    test: (id) => has(pathOf(id)),
    priority: files.length - at,
  }));
}
