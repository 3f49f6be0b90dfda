/**
 * The Vietnamese catalogue of the scripts, made from the .po fragments the pages use as well.
 *
 * English is the msgid itself. Only messages that the scripts really ask for, as a literal in t("…"),
 * tn("…", "…", n) or msg("…"), travel to the browser: web.po holds hundreds that only the server needs.
 */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

export const TRANSLATIONS = join(import.meta.dirname, "../../app/base/translations/vi");
const SOURCES = join(import.meta.dirname, "../src");
const MODULE = "virtual:messages";

const STRING = String.raw`"((?:[^"\\]|\\.)*)"`;
const PLAIN = new RegExp(String.raw`\b(?:t|msg)\(\s*${STRING}`, "g");
const COUNTED = new RegExp(String.raw`\btn\(\s*${STRING},\s*${STRING}`, "g");

function unquote(body: string): string {
  return JSON.parse(`"${body}"`) as string;
}

/** msgid -> msgstr (of a plural: the only Vietnamese form); untranslated and fuzzy entries are left out. */
export function parsePo(text: string): Map<string, string> {
  const entries = new Map<string, string>();
  for (const block of text.split(/\n\s*\n/)) {
    const fields = new Map<string, string>();
    let field = "";
    for (const line of block.split("\n")) {
      const match = line.match(/^(?:(msgid_plural|msgid|msgstr(?:\[\d\])?)\s+)?"(.*)"\s*$/);
      if (!match) continue;
      field = match[1] ?? field;
      fields.set(field, (fields.get(field) ?? "") + unquote(match[2] ?? ""));
    }
    const id = fields.get("msgid");
    const translation = fields.get("msgstr") ?? fields.get("msgstr[0]");
    if (id && translation && !/^#,.*fuzzy/m.test(block)) entries.set(id, translation);
  }
  return entries;
}

function* sourceFiles(folder: string): Iterable<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sourceFiles(path);
    else if (/\.tsx?$/.test(entry.name)) yield path;
  }
}

/** Every message the scripts ask for. */
export function usedMessages(folder = SOURCES): Set<string> {
  const used = new Set<string>();
  for (const path of sourceFiles(folder)) {
    const source = readFileSync(path, "utf8");
    for (const match of source.matchAll(PLAIN)) used.add(unquote(match[1] ?? ""));
    // of a counted message the second form is the key, as in app/base/i18n.ntranslate
    for (const match of source.matchAll(COUNTED)) used.add(unquote(match[2] ?? ""));
  }
  return used;
}

export function catalogue(): Map<string, string> {
  const merged = new Map<string, string>();
  for (const file of readdirSync(TRANSLATIONS)) {
    if (!file.endsWith(".po")) continue;
    for (const [id, translation] of parsePo(readFileSync(join(TRANSLATIONS, file), "utf8")))
      merged.set(id, translation);
  }
  return merged;
}

export function messages(): Plugin {
  return {
    name: "hoichan-messages",
    resolveId: (id) => (id === MODULE ? `\0${MODULE}` : null),
    load(id) {
      if (id !== `\0${MODULE}`) return null;
      const translated = catalogue();
      const wanted = [...usedMessages()].sort().flatMap((key) => {
        const translation = translated.get(key);
        return translation === undefined ? [] : [[key, translation]];
      });
      return `export const vi = ${JSON.stringify(Object.fromEntries(wanted))};`;
    },
  };
}
