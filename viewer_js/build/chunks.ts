/**
 * What every entry loads at once, and what the viewer loads at once, are one file each: without this, each module that
 * a lazy part shares with the viewer becomes a file of its own, and browsers ask for six at a time.
 */

import { type Entry, eagerSources } from "./reach.ts";

const LIBRARIES = /node_modules[\\/]@?preact/;

export function chunks(): { name: (id: string) => string | null }[] {
  const [viewer, room, studies] = (["viewer", "room", "studies"] as Entry[]).map(eagerSources) as [
    Set<string>,
    Set<string>,
    Set<string>,
  ];
  const name = (id: string): string | null => {
    const path = id.split("?")[0] ?? "";
    if (studies.has(path) && room.has(path)) return "base";
    return LIBRARIES.test(path) || (viewer.has(path) && room.has(path)) ? "mount" : null;
  };
  return [{ name }];
}
