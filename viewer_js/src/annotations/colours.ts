/**
 * A colour for each author, the same on every screen: bright, drawn with a dark rim, and told apart also by eyes
 * that lack a cone. They differ in lightness where hue is not seen; test/annotations/colours_seen.test.ts measures it.
 */

export const COLOURS = [
  "#f4dc28",
  "#b8d0ff",
  "#d08828",
  "#a0ffd0",
  "#d070ff",
  "#e8ff94",
  "#ff58ac",
  "#aca070",
] as const;

function placeOf(id: string): number {
  let hash = 7;
  for (const letter of id) hash = (hash * 31 + letter.charCodeAt(0)) >>> 0;
  return hash % COLOURS.length;
}

/** Authors whose ids fall on one colour move on to the next free one, in order of id. */
export function coloursOf(authorIds: Iterable<string>): ReadonlyMap<string, string> {
  const taken = new Set<number>();
  const colours = new Map<string, string>();
  for (const id of [...new Set(authorIds)].sort()) {
    let place = placeOf(id);
    while (taken.has(place) && taken.size < COLOURS.length) place = (place + 1) % COLOURS.length;
    taken.add(place);
    colours.set(id, COLOURS[place] ?? COLOURS[0]);
  }
  return colours;
}
