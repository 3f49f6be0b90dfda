/** Unbroken runs of what fulfils a condition: [first, one past the last]. */

export type Run = readonly [number, number];

export function runsOf<T>(items: readonly T[], holds: (item: T) => boolean): Run[] {
  const runs: Run[] = [];
  let start = -1;
  items.forEach((item, i) => {
    const is = holds(item);
    if (is && start < 0) start = i;
    if (!is && start >= 0) {
      runs.push([start, i]);
      start = -1;
    }
  });
  if (start >= 0) runs.push([start, items.length]);
  return runs;
}
