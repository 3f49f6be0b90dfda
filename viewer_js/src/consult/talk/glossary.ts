/** Phrases of radiology in both languages, fetched once for a page. */

import { type Signal, signal } from "@preact/signals";
import { requestJson } from "../../api/http";
import { folded } from "./folded";

export interface Phrase {
  readonly vi: string;
  readonly en: string;
  /** Abbreviations people write, separated by a comma; may be empty. */
  readonly short: string;
}

interface Told {
  readonly phrases: readonly Phrase[];
  readonly pins: readonly string[];
}

export interface Piece {
  readonly text: string;
  /** The same in the other language, for words the glossary knows. */
  readonly other?: string;
}

const SHORTEST = 6;

export class Glossary {
  readonly phrases: Signal<readonly Phrase[]> = signal([]);
  readonly pins: Signal<readonly string[]> = signal([]);
  private asked: Promise<void> | null = null;
  private others = new Map<string, string>();
  private pattern: RegExp | null = null;

  /** Fetches it once; a refusal is told and the next call tries again. */
  load(): Promise<void> {
    this.asked ??= this.fetch().catch((error: unknown) => {
      this.asked = null;
      throw error;
    });
    return this.asked;
  }

  fill({ phrases, pins }: Told): void {
    this.others = new Map(phrases.flatMap(wordsOf));
    const words = [...this.others.keys()].sort((one, other) => other.length - one.length).map(escaped);
    this.pattern =
      words.length === 0
        ? null
        : new RegExp(`(?<![\\p{L}\\p{N}])(${words.join("|")})(?![\\p{L}\\p{N}])`, "giu");
    this.pins.value = pins;
    this.phrases.value = phrases;
  }

  /** Pinned ones first, then in the order of the file. */
  found(wanted: string): Phrase[] {
    const words = folded(wanted.trim());
    const fits = this.phrases.value.filter(({ vi, en, short }) =>
      folded(`${vi} ${en} ${short}`).includes(words),
    );
    const pinned = new Set(this.pins.value);
    return [...fits.filter(({ vi }) => pinned.has(vi)), ...fits.filter(({ vi }) => !pinned.has(vi))];
  }

  async pin(term: string, csrf: string): Promise<void> {
    const before = this.pins.value;
    const terms = before.includes(term) ? before.filter((pin) => pin !== term) : [term, ...before];
    this.pins.value = terms;
    try {
      await requestJson("/consults/glossary/pins", { method: "PUT", csrf, body: { terms } });
    } catch (error) {
      this.pins.value = before;
      throw error;
    }
  }

  /** The text in pieces, those the glossary knows with the other language. */
  pieces(text: string): Piece[] {
    if (this.pattern === null || this.phrases.value.length === 0) return [{ text }];
    return text.split(this.pattern).flatMap((part) => {
      const other = this.others.get(part.toLowerCase());
      return part === "" ? [] : [other === undefined ? { text: part } : { text: part, other }];
    });
  }

  private async fetch(): Promise<void> {
    this.fill(await requestJson<Told>("/consults/glossary"));
  }
}

/** Short everyday words would light up in every line: only phrases, long words and abbreviations count. */
function wordsOf({ vi, en, short }: Phrase): [string, string][] {
  const long = (words: string): boolean => words.includes(" ") || words.length >= SHORTEST;
  const shorts = short.split(",").map((word) => word.trim());
  return [
    ...(long(vi) ? [[vi.toLowerCase(), en] as [string, string]] : []),
    ...(long(en) ? [[en.toLowerCase(), vi] as [string, string]] : []),
    ...shorts
      .filter((word) => word.length >= 3)
      .map((word) => [word.toLowerCase(), `${vi} · ${en}`] as [string, string]),
  ];
}

function escaped(words: string): string {
  return words.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

export const glossary = new Glossary();
