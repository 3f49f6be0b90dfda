/**
 * The Vietnamese catalogue of the scripts, made from the .po fragments the pages use as well.
 *
 * English is the msgid itself. Only messages that the scripts really ask for, as a literal in t("…"),
 * tn("…", "…", n) or msg("…"), travel to the browser: web.po holds hundreds that only the server needs.
 * What an entry shows at once is a script of its own (`viewer.vi`), which a Vietnamese page runs before the entry;
 * what is loaded later finds its words in `rest`, in the consult room in `room_rest` as well, see src/i18n/fetched.ts.
 */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin, Rolldown } from "vite";
import { ENTRIES, type Entry, eagerSources, laterSources, SOURCES } from "./reach.ts";

export const TRANSLATIONS = join(import.meta.dirname, "../../app/base/translations/vi");
const MODULE = "virtual:messages/";
const TRANSLATE = join(SOURCES, "i18n/translate.ts");

/** Inputs of the build: the words of each entry. */
export const WORDS = Object.fromEntries(Object.keys(ENTRIES).map((entry) => [`${entry}.vi`, MODULE + entry]));

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

export function* sourceFiles(folder = SOURCES): Iterable<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sourceFiles(path);
    else if (/\.tsx?$/.test(entry.name)) yield path;
  }
}

export function messagesIn(paths: Iterable<string>): Set<string> {
  const used = new Set<string>();
  for (const path of paths) {
    const source = readFileSync(path, "utf8");
    for (const match of source.matchAll(PLAIN)) used.add(unquote(match[1] ?? ""));
    // of a counted message the second form is the key, as in app/base/i18n.ntranslate
    for (const match of source.matchAll(COUNTED)) used.add(unquote(match[2] ?? ""));
  }
  return used;
}

/** Every message the scripts ask for. */
export function usedMessages(): Set<string> {
  return messagesIn(sourceFiles());
}

/** The messages of what an entry loads at once. */
export function messagesOf(entry: Entry): Set<string> {
  return messagesIn(eagerSources(entry));
}

/** What the consult room alone may load later, or what stands in its folder and nothing imports. */
function roomSources(): Set<string> {
  const elsewhere = new Set([...eagerSources("viewer"), ...laterSources("viewer")]);
  const own = [...sourceFiles(join(SOURCES, "consult"))].filter((path) => !eagerSources("room").has(path));
  return new Set([...laterSources("room"), ...own].filter((path) => !elsewhere.has(path)));
}

/**
 * The messages of what some entry loads later, and of lists that nothing imports: sentences of the server, named for
 * translation. The viewer's own are there already wherever these are needed.
 */
export function restOfMessages(): Set<string> {
  const entries = Object.keys(ENTRIES) as Entry[];
  const elsewhere = new Set([...entries.flatMap((entry) => [...eagerSources(entry)]), ...roomSources()]);
  const later = [...laterSources("viewer"), ...laterSources("studies")];
  const rest = messagesIn(new Set([...later, ...[...sourceFiles()].filter((path) => !elsewhere.has(path))]));
  const known = messagesOf("viewer");
  return new Set([...rest].filter((message) => !known.has(message)));
}

/** What the room needs beside `rest`: nobody else waits for it. */
export function roomRestOfMessages(): Set<string> {
  const known = new Set([...messagesOf("room"), ...restOfMessages()]);
  return new Set([...messagesIn(roomSources())].filter((message) => !known.has(message)));
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

function translated(wanted: Set<string>): string {
  const known = catalogue();
  const found = [...wanted].sort().flatMap((key) => {
    const translation = known.get(key);
    return translation === undefined ? [] : [[key, translation]];
  });
  return JSON.stringify(Object.fromEntries(found));
}

function wordsOf(part: string): string {
  if (part === "room_rest") return `export const messages = ${translated(roomRestOfMessages())};`;
  if (part === "rest") return `export const messages = ${translated(restOfMessages())};`;
  const wanted = part === "all" ? usedMessages() : messagesOf(part as Entry);
  return `import { learn } from ${JSON.stringify(TRANSLATE)};\nlearn(${translated(wanted)});`;
}

/** What is read out of the sources must be what the bundler loads: a message left out would be shown in English. */
function unforeseen(entry: Rolldown.OutputChunk, bundle: Rolldown.OutputBundle): string[] {
  const foreseen = eagerSources(entry.name as Entry);
  const files = new Set([entry.fileName]);
  for (const file of files) {
    const chunk = bundle[file];
    for (const imported of chunk?.type === "chunk" ? chunk.imports : []) files.add(imported);
  }
  const loaded = [...files].flatMap((file) => {
    const chunk = bundle[file];
    return chunk?.type === "chunk" ? chunk.moduleIds : [];
  });
  return loaded.filter((id) => id.startsWith(SOURCES) && /\.tsx?$/.test(id) && !foreseen.has(id));
}

export function messages(): Plugin {
  return {
    name: "hoichan-messages",
    resolveId: (id) => (id.startsWith(MODULE) ? `\0${id}` : null),
    load: (id) => (id.startsWith(`\0${MODULE}`) ? wordsOf(id.slice(MODULE.length + 1)) : null),
    generateBundle(_options, bundle) {
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== "chunk" || !chunk.isEntry || !(chunk.name in ENTRIES)) continue;
        const missed = unforeseen(chunk, bundle);
        if (missed.length > 0)
          this.error(`${chunk.name} loads at once, without its words: ${missed.join(", ")}`);
      }
    },
  };
}
