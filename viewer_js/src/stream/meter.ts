/** How many bytes this page has taken over the line so far; what the browser had kept costs nothing and counts as nothing. */

import { signal } from "@preact/signals";

export const bytesRead = signal(0);

let observer: PerformanceObserver | null = null;

/** Begins to count; what came before it is counted too, as far as the browser remembers. */
export function startMeter(): void {
  if (observer || typeof PerformanceObserver === "undefined") return;
  observer = new PerformanceObserver((list) => {
    let sum = 0;
    for (const entry of list.getEntries()) sum += (entry as PerformanceResourceTiming).transferSize ?? 0;
    bytesRead.value += sum;
  });
  for (const type of ["navigation", "resource"]) observer.observe({ type, buffered: true });
}
