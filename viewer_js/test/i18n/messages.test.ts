import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  catalogue,
  messagesIn,
  messagesOf,
  parsePo,
  restOfMessages,
  roomRestOfMessages,
  sourceFiles,
  usedMessages,
} from "../../build/messages";
import { laterSources, reachedFrom } from "../../build/reach";
import { setLanguage, t, tn } from "../../src/i18n/translate";

function placeholders(message: string): string[] {
  return (message.match(/\{\w+\}/g) ?? []).sort();
}

describe("the catalogue", () => {
  it("has every message of the scripts in Vietnamese", () => {
    const translated = catalogue();
    expect([...usedMessages()].filter((message) => !translated.has(message))).toEqual([]);
  });

  it("has the same placeholders in both languages", () => {
    const used = usedMessages();
    const wrong = [...catalogue()].filter(
      ([id, translation]) => used.has(id) && String(placeholders(id)) !== String(placeholders(translation)),
    );
    expect(wrong).toEqual([]);
  });
});

describe("a .po file", () => {
  it("is read with long, escaped, plural and fuzzy entries", () => {
    const entries = parsePo(
      [
        'msgid ""\nmsgstr ""\n"Language: vi\\n"',
        'msgid "one\\"two"\nmsgstr ""\n"mộ"\n"t"',
        'msgid "{count} x"\nmsgid_plural "{count} xs"\nmsgstr[0] "{count} y"',
        '#, fuzzy\nmsgid "left out"\nmsgstr "z"',
        'msgid "untranslated"\nmsgstr ""',
      ].join("\n\n"),
    );
    expect([...entries]).toEqual([
      ['one"two', "một"],
      ["{count} x", "{count} y"],
    ]);
  });
});

describe("t", () => {
  it("speaks Vietnamese unless told otherwise", () => {
    expect(t("Image {number} of {count}", { number: 3, count: 9 })).toBe("Ảnh 3/9");
    setLanguage("en");
    expect(t("Image {number} of {count}", { number: 3, count: 9 })).toBe("Image 3 of 9");
    expect([tn("{count} image", "{count} images", 1), tn("{count} image", "{count} images", 2)]).toEqual([
      "1 image",
      "2 images",
    ]);
    setLanguage("vi");
    expect(tn("{count} image", "{count} images", 1)).toBe("1 ảnh");
  });

  it("leaves what it does not know as it is", () => {
    expect(t("never written {x}")).toBe("never written {x}");
  });
});

/** Sources loaded later whose words nobody asks for: not by fetched(), nor by what uses it: lazy(), Later, a panel. */
function loadedWordless(): string[] {
  const found = [...sourceFiles()].flatMap((path) =>
    readFileSync(path, "utf8")
      .split("\n")
      .filter((line) => !/fetched\(|\blazy\(|\bLater\(|\bload: |\btypeof import|^[\s/]*\*/.test(line))
      .flatMap((line) => [...line.matchAll(/\bimport\("(\..+?)"\)/g)])
      .map(([, wanted = ""]) => join(dirname(path), wanted)),
  );
  return found.map((path) => (existsSync(`${path}.ts`) ? `${path}.ts` : `${path}.tsx`));
}

describe("words that travel with their code", () => {
  it("are those of the entry at once, and the rest with what is loaded later", () => {
    const [first, rest] = [messagesOf("viewer"), restOfMessages()];
    expect(first.has("Window presets")).toBe(true);
    // at once in the room, later in the viewer
    expect(rest.has("Distance")).toBe(true);
    expect([...rest].filter((message) => first.has(message))).toEqual([]);
    const ofRoom = roomRestOfMessages();
    for (const entry of ["viewer", "room", "studies"] as const) {
      const known = new Set([...messagesOf(entry), ...rest, ...(entry === "room" ? ofRoom : [])]);
      expect([...messagesIn(laterSources(entry))].filter((message) => !known.has(message))).toEqual([]);
    }
    const all = new Set([...first, ...rest, ...ofRoom, ...messagesOf("room"), ...messagesOf("studies")]);
    expect([...usedMessages()].filter((message) => !all.has(message))).toEqual([]);
  });

  it("are asked for wherever something is loaded that speaks", () => {
    const first = messagesOf("viewer");
    const silent = loadedWordless().map((path) => ({
      path,
      unknown: [...messagesIn(reachedFrom(path))].filter((message) => !first.has(message)),
    }));
    expect(silent.length).toBeGreaterThan(0);
    expect(silent.filter(({ unknown }) => unknown.length > 0)).toEqual([]);
  });
});
