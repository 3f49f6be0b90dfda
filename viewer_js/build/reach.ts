/** Which sources an entry loads before anything is asked for: the closure of its static imports. */

import { readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";

/** Entry point -> source; a page asks for it by this name through manifest.json. */
export const ENTRIES = {
  viewer: "src/viewer.tsx",
  room: "src/room.tsx",
  studies: "src/studies/main.ts",
};

export type Entry = keyof typeof ENTRIES;

export const SOURCES = join(import.meta.dirname, "../src");

/** `import … from "./x"` and `export … from "./x"`; what is only a type leaves nothing behind. */
const STATIC = /^(?:import|export)\s+(?!type\b)(?:([^;"']*?)\sfrom\s+)?"(\.[^"]+)"/gm;
/** `import("./x")`; `typeof import("./x")` is a type. */
const DYNAMIC = /(?<!typeof )\bimport\("(\.[^"]+)"\)/g;
const ENDINGS = [".ts", ".tsx"];

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function isOnlyTypes(clause: string | undefined): boolean {
  const names = clause?.match(/^\{([\s\S]*)\}$/)?.[1]?.split(",") ?? [];
  return names.length > 0 && names.every((name) => name.trim() === "" || name.trim().startsWith("type "));
}

function* sourcesOf(path: string, wanted: Iterable<string | undefined>): Iterable<string> {
  for (const name of wanted) {
    const found = ENDINGS.map((ending) => join(dirname(path), name + ending)).find(isFile);
    if (found) yield found;
  }
}

function importsOf(path: string): Iterable<string> {
  const found = [...readFileSync(path, "utf8").matchAll(STATIC)].filter(([, clause]) => !isOnlyTypes(clause));
  return sourcesOf(
    path,
    found.map(([, , wanted]) => wanted),
  );
}

/** What is loaded later, by need. */
function laterImportsOf(path: string): Iterable<string> {
  const found = readFileSync(path, "utf8").matchAll(DYNAMIC);
  return sourcesOf(
    path,
    [...found].map(([, wanted]) => wanted),
  );
}

/** Absolute paths of a source and of all that comes with it. */
export function reachedFrom(source: string): Set<string> {
  const reached = new Set([source]);
  // a set is walked to what was added meanwhile
  for (const path of reached) for (const imported of importsOf(path)) reached.add(imported);
  return reached;
}

/** What an entry may load later and has not loaded at once. */
export function laterSources(entry: Entry): Set<string> {
  const eager = eagerSources(entry);
  const all = new Set(eager);
  for (const path of all) {
    for (const imported of importsOf(path)) all.add(imported);
    for (const imported of laterImportsOf(path)) all.add(imported);
  }
  return new Set([...all].filter((path) => !eager.has(path)));
}

export function eagerSources(entry: Entry): Set<string> {
  return reachedFrom(join(SOURCES, "..", ENTRIES[entry]));
}
