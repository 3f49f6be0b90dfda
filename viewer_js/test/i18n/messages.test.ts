import { describe, expect, it } from "vitest";
import { catalogue, parsePo, usedMessages } from "../../build/messages";
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
