/** Brings a list up to date with what the server renders now, touching only what differs. */

const KEY = "data-key";

/**
 * Makes the children of `list` those of `fresh`. A row that is the same stays the same element, so focus,
 * selection and an open menu survive. Gives back the keys that are new or changed.
 */
export function reconcileRows(list: Element, fresh: Element): string[] {
  const known = new Map<string, Element>();
  for (const row of Array.from(list.children)) known.set(keyOf(row), row);
  const changed: string[] = [];
  const wanted = Array.from(fresh.children).map((row) => {
    const old = known.get(keyOf(row));
    if (old?.isEqualNode(stripped(row, old))) return old;
    changed.push(keyOf(row));
    return document.importNode(row, true);
  });
  if (!sameOrder(list, wanted)) list.replaceChildren(...wanted);
  return changed;
}

/** The mark of a fresh row is ours, not the server's: it must not make a row differ. */
function stripped(row: Element, old: Element): Element {
  const copy = row.cloneNode(true) as Element;
  if (old.hasAttribute("data-fresh")) copy.setAttribute("data-fresh", "");
  return copy;
}

function keyOf(row: Element): string {
  return row.getAttribute(KEY) ?? "";
}

function sameOrder(list: Element, wanted: readonly Element[]): boolean {
  const present = Array.from(list.children);
  return present.length === wanted.length && wanted.every((row, index) => row === present[index]);
}
