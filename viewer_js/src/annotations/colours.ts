/**
 * A colour for each author, the same on every screen: bright, told apart by people who see colours differently
 * (Okabe and Ito's set, lightened for grey and black), and drawn with a dark rim.
 */

export const COLOURS = [
  "#ffd84d",
  "#5cc8ff",
  "#ff9d5c",
  "#4fe0b0",
  "#f59be0",
  "#c9ee6b",
  "#ff8a80",
  "#b9b4ff",
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
