import { describe, expect, it } from "vitest";
import { Drafts } from "../../../src/consult/drafts";
import { Carry, mentionsIn, peopleNamed, typedName } from "../../../src/consult/talk/carry";
import { Glossary } from "../../../src/consult/talk/glossary";
import { foundIn } from "../../../src/consult/talk/search";
import { sentencesOf } from "../../../src/consult/talk/sentences";
import type { Me, Message } from "../../../src/consult/wire";
import { emptyRoom, LAN, MINH, memoryStorage } from "../cast";

const PEOPLE: Me[] = [
  { ...LAN, side: "referring" },
  { ...MINH, side: "consulting" },
];

function line(number: number, text: string, change: Partial<Message> = {}): Message {
  const base = { id: `m${number}`, number, client_id: `c${number}`, view: null, author: LAN, at: "" };
  return { ...base, text, ...change };
}

describe("what a line carries", () => {
  it("outlives a reload where losing it would show the line to everybody or lose a file", () => {
    const storage = memoryStorage();
    const carry = new Carry(new Drafts(storage));
    carry.recipients = [MINH.id];
    carry.files = [{ key: "k", name: "ecg.jpg", type: "image/jpeg", size: 1 }];

    const after = new Carry(new Drafts(storage));
    expect(after.recipients).toEqual([MINH.id]);
    expect(after.files.map(({ name }) => name)).toEqual(["ecg.jpg"]);
    after.sent();
    expect(after.files).toEqual([]);
    expect(after.recipients, "to whom the next one goes stays").toEqual([MINH.id]);
  });

  it("names nobody who will not read it, and answers few to those few", () => {
    const carry = new Carry(new Drafts(memoryStorage()));
    carry.answer(line(1, "kín", { author: MINH, recipients: [LAN.id, MINH.id] }), LAN.id);
    expect(carry.more(`@${LAN.name} @${MINH.name}`, PEOPLE)).toEqual({
      mentions: [MINH.id],
      recipients: [MINH.id],
      reply_to: { kind: "message", id: "m1" },
    });
  });

  it("knows names while they are typed, without accents", () => {
    expect(typedName("chào @tra", 9)).toBe("tra");
    expect(typedName("a@b.vn", 6)).toBeNull();
    expect(peopleNamed("tran", PEOPLE).map(({ id }) => id)).toEqual([MINH.id]);
    expect(mentionsIn(`nhờ @${MINH.name} xem`, PEOPLE)).toEqual([MINH.id]);
  });
});

it("the talk is searched without accents, by author and view, the newest first", () => {
  const lines = [line(1, "Có xuất huyết"), line(2, "xuat huyet nho", { author: MINH }), line(3, "không")];
  const found = (words: string, author = "") =>
    foundIn(lines, { words, author, withView: false }).map(({ number }) => number);
  expect(found("huyết XUẤT")).toEqual([2, 1]);
  expect(found("", MINH.id)).toEqual([2]);
  expect(foundIn(lines, { words: "", author: "", withView: true })).toEqual([]);
});

it("sentences end at full stops, not in numbers", () => {
  const consult = { ...emptyRoom().consult, opinion: "Khối 5.2 mm. Theo dõi!\nHết" };
  expect(sentencesOf(consult).map(({ quote }) => quote)).toEqual(["Khối 5.2 mm.", "Theo dõi!", "Hết"]);
});

it("phrases are found in a line by their longest words, and whole words only", () => {
  const glossary = new Glossary();
  const phrases = [
    { vi: "kính mờ", en: "ground-glass opacity", short: "GGO" },
    { vi: "đông đặc", en: "consolidation", short: "" },
  ];
  glossary.fill({ phrases, pins: ["đông đặc"] });
  const others = (text: string) => glossary.pieces(text).flatMap(({ other }) => other ?? []);
  expect(others("Đám Kính mờ và GGO")).toEqual(["ground-glass opacity", "kính mờ · ground-glass opacity"]);
  expect(others("preconsolidation")).toEqual([]);
  expect(glossary.found("").map(({ vi }) => vi)).toEqual(["đông đặc", "kính mờ"]);
  expect(glossary.found("kinh mo")).toHaveLength(1);
});
