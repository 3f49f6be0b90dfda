/** Moments a person waits for, on the browser's own timeline, where tests/bench reads them. */

export type Milestone = "first-image" | "first-full-image" | "stack-scrollable";

/** Marks the first time only. */
export function reached(milestone: Milestone): void {
  const name = `hoichan:${milestone}`;
  if (performance.getEntriesByName(name).length === 0) performance.mark(name);
}
