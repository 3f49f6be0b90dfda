// @vitest-environment happy-dom

import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Keeping, OUTBOX } from "../../src/consult/keeping";
import { settled as turned } from "./cast";

const KEYS: Readonly<Record<string, string>> = { lan: "11".repeat(32), minh: "22".repeat(32) };
const DAY = 24 * 3600_000;

/** Of pages that live. */
let locks: Set<string>;

const encrypt = vi.spyOn(crypto.subtle, "encrypt");

/** Ciphers work on a thread of their own. */
async function settled(): Promise<void> {
  for (let seen = -1; seen !== encrypt.mock.calls.length; ) {
    seen = encrypt.mock.calls.length;
    await Promise.all(encrypt.mock.results.map(({ value }) => value));
    await turned();
  }
}

/** Each test in a room of its own: pages of earlier ones still hear this window. */
function page(person = "lan", consult = expect.getState().currentTestName ?? ""): Promise<Keeping> {
  const key = KEYS[person] ?? "";
  return Keeping.opened({ person: { id: person }, consult_id: consult, keeping_key: key });
}

/** The tab is gone, with what lives in it. */
function killed(): void {
  locks.clear();
  sessionStorage.clear();
}

const disk = (): string => JSON.stringify({ ...localStorage });

beforeEach(() => {
  locks = new Set();
  localStorage.clear();
  sessionStorage.clear();
  const request = async (name: string, first: unknown, second?: (lock: object | null) => unknown) => {
    if (typeof first !== "function") return second?.(locks.has(name) ? null : {});
    return void locks.add(name);
  };
  Object.defineProperty(navigator, "locks", { value: { request }, configurable: true });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it("what was written is there in the next tab, and on the disk nobody reads it", async () => {
  const keeping = await page();
  keeping.setItem("draft.message", "Không thấy");
  keeping.setItem("draft.message", "Không thấy xuất huyết");
  await settled();
  expect(keeping.outlivesTab).toBe(true);
  expect(disk()).toContain("sealed");
  expect(disk()).not.toContain("xuất huyết");
  killed();
  const next = await page();
  expect(next.getItem("draft.message")).toBe("Không thấy xuất huyết");
  expect(Object.keys(localStorage)).toHaveLength(1);
  next.removeItem("draft.message");
  await settled();
  expect(Object.keys(localStorage)).toHaveLength(0);
});

it("the next person at the same computer finds nothing of it, and its writer does afterwards", async () => {
  (await page()).setItem("draft.message", "của Lan");
  await settled();
  killed();
  const minh = await page("minh");
  expect(minh.getItem("draft.message")).toBeNull();
  minh.setItem("draft.message", "của Minh");
  await settled();
  killed();
  expect((await page("lan", "other")).getItem("draft.message")).toBeNull();
  expect((await page()).getItem("draft.message")).toBe("của Lan");
});

it("another's key opens nothing, whatever name it is under", async () => {
  (await page()).setItem("draft.message", "của Lan");
  await settled();
  killed();
  const owner = {
    person: { id: "lan" },
    consult_id: expect.getState().currentTestName ?? "",
    keeping_key: KEYS.minh ?? "",
  };
  expect((await Keeping.opened(owner)).getItem("draft.message")).toBeNull();
});

it("two tabs do not take each other's words; loading one again keeps its own", async () => {
  (await page()).setItem("draft.message", "tab 1");
  await settled();
  const first = sessionStorage.getItem("hoichan.kept.page") ?? "";
  sessionStorage.clear();
  const second = await page();
  expect(second.getItem("draft.message")).toBeNull();
  second.setItem("draft.message", "tab 2");
  await settled();
  expect((await page()).getItem("draft.message")).toBe("tab 2");
  sessionStorage.setItem("hoichan.kept.page", first);
  expect((await page()).getItem("draft.message")).toBe("tab 1");
});

it("joins what several tabs could not send, and keeps the newest of what was being written", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  for (const [place, name] of ["a", "b"].entries()) {
    vi.setSystemTime(1e12 + place * 1000);
    const keeping = await page();
    keeping.setItem(OUTBOX, JSON.stringify([{ client_id: name }]));
    keeping.setItem("draft.message", name);
    await settled();
    sessionStorage.clear();
  }
  killed();
  const next = await page();
  expect(JSON.parse(next.getItem(OUTBOX) ?? "")).toEqual([{ client_id: "a" }, { client_id: "b" }]);
  expect(next.getItem("draft.message")).toBe("b");
});

it("what nobody came back for is gone after a week, whosever it is", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  (await page()).setItem("draft.message", "cũ");
  await settled();
  killed();
  vi.setSystemTime(Date.now() + 6 * DAY);
  await page("minh");
  expect(disk()).toContain("lan");
  vi.setSystemTime(Date.now() + 2 * DAY);
  await page("minh");
  expect(disk()).not.toContain("lan");
});

it("a sign-out elsewhere empties the disk; whoever then loads the page again finds their words", async () => {
  (await page()).setItem("draft.message", "dở dang");
  await settled();
  localStorage.clear();
  window.dispatchEvent(new Event("pagehide"));
  killed();
  expect((await page()).getItem("draft.message")).toBe("dở dang");
});

it("whoever signs out on this page leaves nothing behind", async () => {
  (await page()).setItem("draft.message", "dở dang");
  await settled();
  document.body.innerHTML = '<form action="/sign-out"></form>';
  document.querySelector("form")?.dispatchEvent(new Event("submit", { bubbles: true }));
  window.dispatchEvent(new Event("pagehide"));
  expect(disk()).toBe("{}");
});

it("a full disk loses nothing while the page is there", async () => {
  const keeping = await page();
  const full = vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
    throw new DOMException("", "QuotaExceededError");
  });
  keeping.setItem("draft.message", "dở dang");
  await settled();
  full.mockRestore();
  expect(keeping.getItem("draft.message")).toBe("dở dang");
});

it("without a cipher it lives in this tab alone", async () => {
  vi.stubGlobal("crypto", { getRandomValues: crypto.getRandomValues.bind(crypto) });
  const keeping = await page();
  expect(keeping.outlivesTab).toBe(false);
  keeping.setItem("draft.message", "dở dang");
  await settled();
  expect(disk()).toBe("{}");
  expect((await page()).getItem("draft.message")).toBe("dở dang");
  sessionStorage.clear();
  keeping.again();
  expect((await page()).getItem("draft.message")).toBe("dở dang");
});
