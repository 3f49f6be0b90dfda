/**
 * Previews that the page asked for while this program was still travelling (macro `previews` in scripts.html). Asking
 * with the very same address takes up that answer instead of making another.
 */

const ADDRESS = /\/previews\/([^/?]+)\?start=(\d+)$/;

/** Series id -> the frame index the page began with. */
export function preloadedStarts(head: ParentNode = document.head): ReadonlyMap<string, number> {
  const starts = new Map<string, number>();
  for (const link of head.querySelectorAll<HTMLLinkElement>('link[rel="preload"][as="fetch"]')) {
    const [, series, start] = link.href.match(ADDRESS) ?? [];
    if (series !== undefined) starts.set(series, Number(start));
  }
  return starts;
}
