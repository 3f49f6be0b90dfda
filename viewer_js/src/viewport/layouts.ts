/** Viewports in rows and columns. */

export interface Grid {
  readonly rows: number;
  readonly columns: number;
}

export const MOST_ROWS = 4;
export const MOST_VIEWPORTS = MOST_ROWS * MOST_ROWS;
export const ONE: Grid = { rows: 1, columns: 1 };

/** What a key runs through. */
const COMMON: readonly Grid[] = [ONE, { rows: 1, columns: 2 }, { rows: 2, columns: 2 }];

export function cellsOf({ rows, columns }: Grid): number {
  return rows * columns;
}

export function sameGrid(one: Grid, other: Grid): boolean {
  return one.rows === other.rows && one.columns === other.columns;
}

/** One, two, four viewports, and one again; from any other grid back to one. */
export function gridAfter(grid: Grid): Grid {
  return COMMON[COMMON.findIndex((known) => sameGrid(known, grid)) + 1] ?? ONE;
}

/** No larger than there is something to show, and never larger than 4 × 4. */
export function shrunk({ rows, columns }: Grid, filled: number): Grid {
  const across = Math.min(columns, MOST_ROWS, Math.max(1, filled));
  return { rows: Math.min(rows, MOST_ROWS, Math.max(1, Math.ceil(filled / across))), columns: across };
}
