/** Moments a person waits for, on the browser's own timeline, where tests/bench reads them. */

export type Milestone = "first-image" | "first-full-image" | "stack-scrollable";

const passed = new Set<Milestone>();

/** Marks the first time only; asked with every drawing. */
export function reached(milestone: Milestone): void {
  if (passed.has(milestone)) return;
  passed.add(milestone);
  performance.mark(`hoichan:${milestone}`);
}
