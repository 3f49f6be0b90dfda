/** Attributes of an object as the server lists them (app/documents/tags.py), and the search among them. */

export interface TagRow {
  readonly depth: number;
  /** the number of an item in its sequence; such a row has nothing else */
  readonly item?: number;
  readonly tag?: string;
  readonly vr?: string;
  readonly keyword?: string;
  readonly value?: string;
  readonly items?: number;
  readonly private?: string;
  readonly corrected?: true;
  /** bytes of the whole value, of which the beginning is shown */
  readonly cut?: number;
}

export interface TagsAnswer {
  readonly rows: readonly TagRow[];
  /** there are more than are listed; the server searches all of them */
  readonly cut: boolean;
  readonly total: number;
}

/** Small letters without accents, so that "nguyen" finds "NGUYỄN". */
function plain(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/gi, "d").toLowerCase();
}

/** "PatientName" as "patient name", so that both ways of typing it are found. */
function wordsOf({ tag = "", keyword = "", vr = "", value = "", private: creator = "" }: TagRow): string {
  const spaced = keyword.replace(/([a-z])([A-Z])/g, "$1 $2");
  return plain([tag, tag.replace(",", ""), keyword, spaced, vr, value, creator].join("\n"));
}

/** The rows in which every word is found, each under the sequences that lead to it. */
export function searched(rows: readonly TagRow[], text: string): readonly TagRow[] {
  const words = plain(text).split(/\s+/).filter(Boolean);
  if (words.length === 0) return rows;
  const kept: TagRow[] = [];
  const above: { row: TagRow; isKept: boolean }[] = [];
  for (const row of rows) {
    while ((above.at(-1)?.row.depth ?? -1) >= row.depth) above.pop();
    const own = wordsOf(row);
    const isFound = row.item === undefined && words.every((word) => own.includes(word));
    if (isFound) {
      for (const one of above) {
        if (!one.isKept) kept.push(one.row);
        one.isKept = true;
      }
      kept.push(row);
    }
    above.push({ row, isKept: isFound });
  }
  return kept;
}
