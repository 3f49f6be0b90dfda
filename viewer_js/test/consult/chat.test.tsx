// @vitest-environment happy-dom

import { signal } from "@preact/signals";
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Chat } from "../../src/consult/chat";
import { Drafts } from "../../src/consult/drafts";
import { NO_OPINIONS } from "../../src/consult/opinions/fold";
import { Reading } from "../../src/consult/reading";
import type { Room } from "../../src/consult/room";
import { Carry } from "../../src/consult/talk/carry";
import type { Me, Message, Opinions, View, Written } from "../../src/consult/wire";
import { setLanguage } from "../../src/i18n/translate";
import { emptyRoom, LAN, MINH, memoryStorage } from "./cast";
import { VIEW, ViewerDouble } from "./viewer_double";

const messages = signal<readonly Message[]>([]);
const seen = signal<ReadonlyMap<string, number>>(new Map());
let said: [string, View | null][];
let shown: View[];
let root: HTMLElement;

function line(number: number, text: string, change: Partial<Message> = {}): Message {
  const at = "2026-01-01T00:00:00Z";
  return { id: `m${number}`, number, client_id: `c${number}`, text, view: null, author: MINH, at, ...change };
}

async function show(
  lines: readonly Message[] = [],
  change: object = {},
  participants: readonly Me[] = [],
  opinions: Opinions = NO_OPINIONS,
): Promise<void> {
  messages.value = lines;
  const empty = emptyRoom();
  const state = { ...empty, consult: { ...empty.consult, participants }, messages: lines, opinions };
  const drafts = new Drafts(memoryStorage());
  const room = {
    config: { person: LAN },
    wishes: signal([]),
    drafts,
    carry: new Carry(drafts),
    reading: new Reading("consult", LAN.id, messages),
    live: { typing: signal([]), sayTyping: () => undefined, saySeen: () => undefined, seen },
    portal: { line: signal("open") },
    viewer: new ViewerDouble(),
    say: (text: string, view: View | null) => said.push([text, view]),
    restore: (view: View) => shown.push(view),
    ...change,
  } as unknown as Room;
  await act(() => render(<Chat room={room} state={state} />, root));
}

function field(): HTMLTextAreaElement {
  const found = root.querySelector("textarea");
  if (found === null) throw new Error("no place to write");
  return found;
}

async function type(text: string): Promise<void> {
  await act(() => {
    field().value = text;
    field().dispatchEvent(new Event("input", { bubbles: true }));
  });
}

async function press(init: KeyboardEventInit): Promise<void> {
  await act(() => {
    field().dispatchEvent(new KeyboardEvent("keydown", { bubbles: true, cancelable: true, ...init }));
  });
}

beforeEach(() => {
  setLanguage("en");
  localStorage.clear();
  said = [];
  shown = [];
  root = document.createElement("div");
  document.body.append(root);
});

afterEach(() => {
  render(null, root);
  root.remove();
});

it("Enter sends, Shift+Enter does not, and an input method keeps its Enter", async () => {
  await show();
  await type("Chào anh");
  await press({ key: "Enter", shiftKey: true });
  await press({ key: "Enter", isComposing: true });
  expect(said).toEqual([]);
  await press({ key: "Enter" });
  expect(said).toEqual([["Chào anh", null]]);
  expect(field().value).toBe("");
});

it.each(["Tab", "Enter"])("%s takes the name that is offered, and sends nothing yet", async (key) => {
  await show([], {}, [{ ...MINH, side: "consulting" }]);
  await type("Nhờ @tr");
  await press({ key });
  expect(field().value).toBe(`Nhờ @${MINH.name} `);
  expect(said).toEqual([]);
  await press({ key: "Enter" });
  expect(said).toHaveLength(1);
});

it("Enter sends an address of electronic mail or an @ that nobody answers to", async () => {
  await show([], {}, [{ ...MINH, side: "consulting" }]);
  await type("gửi a@tr");
  await press({ key: "Enter" });
  await type("@xyz");
  await press({ key: "Enter" });
  expect(said.map(([text]) => text)).toEqual(["gửi a@tr", "@xyz"]);
});

it("a line carries the view when that is asked for, once", async () => {
  await show();
  const attach = root.querySelector<HTMLButtonElement>(".hr-attach");
  await act(() => attach?.click());
  await type("ở đây");
  await press({ key: "Enter" });
  await type("tiếp");
  await press({ key: "Enter" });
  expect(said).toEqual([
    ["ở đây", VIEW],
    ["tiếp", null],
  ]);
});

it("a press on a line's view brings it back", async () => {
  await show([line(1, "xem đây", { view: VIEW })]);
  await act(() => root.querySelector<HTMLButtonElement>(".hr-view")?.click());
  expect(shown).toEqual([VIEW]);
});

it("markup in a line is text", async () => {
  await show([line(1, "<img src=x onerror=alert(1)>")]);
  expect(root.querySelector("img")).toBeNull();
  expect(root.textContent).toContain("<img src=x onerror=alert(1)>");
});

it("an unsent line shows why, and can be sent again", async () => {
  const retried: string[] = [];
  const wish = { kind: "message", client_id: "c", text: "a", view: null, at: "", refused: "Too long." };
  const outbox = { retry: (id: string) => retried.push(id) };
  await show([], { wishes: signal([wish]), outbox });
  expect(root.textContent).toContain("Too long.");
  await act(() => root.querySelector<HTMLButtonElement>(".hr-link")?.click());
  expect(retried).toEqual(["c"]);
});

it("says what is new since the talk was last read, and what is read stays read", async () => {
  localStorage.setItem("hoichan.read.lan.consult", "1");
  await show([line(1, "cũ"), line(2, "mới")]);
  expect(root.querySelector(".hr-new")?.textContent).toBe("New");
  expect(localStorage.getItem("hoichan.read.lan.consult")).toBe("2");
});

it("what is pasted is not cut off: too long a line is told and not sent", async () => {
  await show();
  const told = () => root.querySelector('.hr-letters[aria-live="polite"]')?.textContent;
  await type("x".repeat(3500));
  expect(told()).toBe("");
  await type("x".repeat(3501));
  expect(told()).toBe("3501 of 4000 letters");
  await type("x".repeat(9000));
  expect(field().hasAttribute("maxlength")).toBe(false);
  expect(told()).toBe("5000 letters too many: shorten the line or send it in parts.");
  await press({ key: "Enter" });
  expect(said).toEqual([]);
  await type("x".repeat(4000));
  await press({ key: "Enter" });
  expect(said).toHaveLength(1);
});

it("a revised opinion stands in the talk at its moment, a first one does not", async () => {
  const at = "2026-01-01T00:00:00Z";
  const text = (number: number, question_id: string | null, said: string): Written => {
    return { question_id, text: said, number, by: MINH, at };
  };
  const written = [
    text(1, null, "Không."),
    text(2, "q1", "Không."),
    text(4, null, "Có."),
    text(6, "q1", "Có."),
  ];
  await show([line(3, "Em mổ nhé"), line(5, "Khoan đã")], {}, [], { ...NO_OPINIONS, written });

  const lines = Array.from(root.querySelectorAll("li"), ({ textContent }) => textContent ?? "");
  const told = ["Em mổ nhé", "revised the opinion", "Khoan đã", "revised the answer to question 1"];
  expect(lines).toEqual(told.map((words) => expect.stringContaining(words)));
});
