// @vitest-environment happy-dom

import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Keeping, OUTBOX } from "../../src/consult/keeping";
import { settled as turned } from "./cast";

const KEYS: Readonly<Record<string, string>> = { lan: "11".repeat(32), minh: "22".repeat(32) };
const DAY = 24 * 3600_000;

/** Of pages that live, and who waits for them to end. */
let locks: Set<string>;
let waiting: (() => void)[];

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

/** The page is no more; its tab is. */
function ended(): void {
  locks.clear();
  for (const ask of waiting.splice(0)) ask();
}

/** The tab is gone, with what lives in it. */
function killed(): void {
  ended();
  sessionStorage.clear();
}

/** As the browser's: whoever does not want to wait is given null. */
function request(name: string, options: LockOptions, given: (lock: object | null) => unknown) {
  return new Promise<unknown>((resolve, reject) => {
    const ask = (): void => {
      const isFree = !locks.has(name);
      if (isFree || options.ifAvailable) {
        const held = given(isFree ? {} : null);
        if (held instanceof Promise) locks.add(name);
        resolve(held);
      } else waiting.push(ask);
    };
    options.signal?.addEventListener("abort", () => reject(options.signal?.reason));
    ask();
  });
}

function fullDisk(): { mockRestore(): void } {
  return vi.spyOn(localStorage, "setItem").mockImplementation(() => {
    throw new DOMException("", "QuotaExceededError");
  });
}

const disk = (): string => JSON.stringify({ ...localStorage });

beforeEach(() => {
  locks = new Set();
  waiting = [];
  localStorage.clear();
  sessionStorage.clear();
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
  const again = page();
  setTimeout(() => {
    locks.delete(`hoichan.kept.${sessionStorage.getItem("hoichan.kept.page")}`); // it was just ending
    for (const ask of waiting.splice(0)) ask();
  }, 50);
  expect((await again).getItem("draft.message")).toBe("tab 2");
  locks.delete(`hoichan.kept.${first}`);
  sessionStorage.setItem("hoichan.kept.page", first);
  expect((await page()).getItem("draft.message")).toBe("tab 1");
});

it("the copy of a tab leaves its original what that is writing", async () => {
  const original = await page();
  original.setItem("draft.message", "dở dang");
  await settled();
  const copy = await page(); // sessionStorage is copied with it
  expect(copy.getItem("draft.message")).toBeNull();
  expect(Object.keys(localStorage)).toHaveLength(1);
  original.removeItem("draft.message"); // sent
  await settled();
  ended();
  expect((await page()).getItem("draft.message")).toBeNull();
});

it("a page loaded again waits for all that the one before it had taken over", async () => {
  await left({ "draft.message": "dở dang" });
  const full = fullDisk();
  await page(); // it is nowhere but where it was
  full.mockRestore();
  setTimeout(ended, 50);
  expect((await page()).getItem("draft.message")).toBe("dở dang");
});

it("of two pages opened at once one takes over what was left", async () => {
  await left({ "draft.message": "dở dang" });
  const both = await Promise.all([page(), page()]);
  expect(both.map((keeping) => keeping.getItem("draft.message")).sort()).toEqual(["dở dang", null]);
});

/** Tabs that live side by side and are killed, the later ones with what is newer. */
async function left(...tabs: Readonly<Record<string, string>>[]): Promise<void> {
  vi.useFakeTimers({ toFake: ["Date"] });
  for (const [place, texts] of tabs.entries()) {
    vi.setSystemTime(1e12 + place * 1000);
    const keeping = await page();
    for (const [name, text] of Object.entries(texts)) keeping.setItem(name, text);
    await settled();
    sessionStorage.clear();
  }
  killed();
}

it("joins what several tabs could not send, and what was being written: the newest above", async () => {
  await left(
    {
      [OUTBOX]: '["a"]',
      "draft.message": "cũ",
      "draft.message.files": '["1"]',
      "draft.opinion.version": "1",
    },
    {
      [OUTBOX]: '["b"]',
      "draft.message": "mới",
      "draft.message.files": '["2"]',
      "draft.opinion.version": "2",
    },
  );
  const next = await page();
  expect(next.getItem(OUTBOX)).toBe('["a","b"]');
  expect(next.getItem("draft.message")).toBe("mới\n\ncũ");
  expect(next.getItem("draft.message.files")).toBe('["1","2"]');
  expect(next.getItem("draft.opinion.version")).toBe("2");
  expect(Object.keys(localStorage)).toHaveLength(1);
});

it.each([
  ["Không thấy", "Không thấy xuất huyết"],
  ["Không thấy xuất huyết", "Không thấy"],
])("what was written in both tabs stands there once: %s, %s", async (older, newer) => {
  await left({ "draft.note": older }, { "draft.note": newer });
  expect((await page()).getItem("draft.note")).toBe("Không thấy xuất huyết");
});

it("words for some people do not come below words for others: they wait until those have gone", async () => {
  await left(
    { "draft.message": "cho Hà", "draft.message.only": "ha" },
    { "draft.message": "cho Đức", "draft.message.only": "duc" },
  );
  const next = await page();
  expect(next.getItem("draft.message")).toBe("cho Đức");
  expect(next.getItem("draft.message.only")).toBe("duc");
  next.removeItem("draft.message");
  await settled();
  killed();
  const last = await page();
  expect(last.getItem("draft.message")).toBe("cho Hà");
  expect(last.getItem("draft.message.only")).toBe("ha");
});

it("words for few and words for everybody go to the few", async () => {
  await left({ "draft.message": "riêng", "draft.message.only": "ha" }, { "draft.message": "chung" });
  expect((await page()).getItem("draft.message.only")).toBe("ha");
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

it("taking words over makes them no younger, as the oldest of them; writing does", async () => {
  const at = (): number => JSON.parse(Object.values(localStorage)[0] ?? "").at;
  await left({ "draft.note": "cũ", "draft.message": "cũ" }, { "draft.message": "mới" });
  vi.setSystemTime(1e12 + 6 * DAY);
  const next = await page();
  next.setItem("draft.note", "cũ"); // as the field does that shows it
  await settled();
  expect(at()).toBe(1e12);
  next.setItem("draft.note", "cũ, thêm");
  await settled();
  expect(at()).toBe(1e12 + 6 * DAY);
});

it("a sign-out elsewhere empties the disk; whoever then loads the page again finds their words", async () => {
  (await page()).setItem("draft.message", "dở dang");
  await settled();
  localStorage.clear();
  window.dispatchEvent(new Event("pagehide"));
  killed();
  expect((await page()).getItem("draft.message")).toBe("dở dang");
});

it("whoever signs out on this page leaves nothing behind, in no room", async () => {
  for (const name of ["lan", "ha"])
    localStorage.setItem(`hoichan.kept.${name}.other.page`, JSON.stringify({ at: Date.now() }));
  (await page()).setItem("draft.message", "dở dang");
  await settled();
  document.body.innerHTML = '<form action="/sign-out"></form>';
  document.querySelector("form")?.dispatchEvent(new Event("submit", { bubbles: true }));
  window.dispatchEvent(new Event("pagehide"));
  expect(Object.keys(localStorage)).toEqual(["hoichan.kept.ha.other.page"]);
});

it("a full disk loses nothing while the page is there", async () => {
  const keeping = await page();
  const full = fullDisk();
  keeping.setItem("draft.message", "dở dang");
  await settled();
  full.mockRestore();
  expect(disk()).toBe("{}");
  expect(keeping.getItem("draft.message")).toBe("dở dang");
});

it("on a full disk what was left stays where it is until it is written anew", async () => {
  await left({ "draft.message": "cũ" }, { "draft.message": "mới" });
  const full = fullDisk();
  const next = await page();
  full.mockRestore();
  expect(next.getItem("draft.message")).toBe("mới\n\ncũ");
  expect(Object.keys(localStorage)).toHaveLength(2);
  next.setItem("draft.message", "mới");
  await settled();
  expect(Object.keys(localStorage)).toHaveLength(1);
  killed();
  expect((await page()).getItem("draft.message")).toBe("mới");
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

it.each([true, false])(
  "where the browser forbids storage it lives in the page (cipher: %s)",
  async (cipher) => {
    if (!cipher) vi.stubGlobal("crypto", {});
    const names = ["localStorage", "sessionStorage"] as const;
    const given = names.map((name) => Object.getOwnPropertyDescriptor(globalThis, name) ?? {});
    const get = (): never => {
      throw new DOMException("", "SecurityError");
    };
    for (const name of names) Object.defineProperty(globalThis, name, { get, configurable: true });
    try {
      const keeping = await page();
      expect(keeping.outlivesTab).toBe(false);
      keeping.setItem("draft.message", "dở dang");
      await settled();
      keeping.again();
      expect(keeping.getItem("draft.message")).toBe("dở dang");
    } finally {
      for (const [i, name] of names.entries()) Object.defineProperty(globalThis, name, given[i] ?? {});
    }
    expect(disk() + JSON.stringify({ ...sessionStorage })).toBe("{}{}");
  },
);
