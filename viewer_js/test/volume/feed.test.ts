import { beforeEach, describe, expect, it } from "vitest";
import { Feed, type Quality } from "../../src/volume/feed";

interface Question {
  readonly text: string;
  readonly signal: AbortSignal;
  answer(): Promise<void>;
  fail(): Promise<void>;
}

let asked: Question[];
let shown: string[];
let due: (() => void)[];
let retry: number | null;
let feed: Feed<string, string>;

async function settled(): Promise<void> {
  for (let i = 0; i < 8; i++) await Promise.resolve();
}

function fetch(wish: string, quality: Quality, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const text = `${wish} ${quality}`;
    asked.push({
      text,
      signal,
      answer: () => {
        resolve(text);
        return settled();
      },
      fail: () => {
        reject(new Error("broken"));
        return settled();
      },
    });
  });
}

/** The newest timer that was not stopped runs out. */
function rest(): Promise<void> {
  due.at(-1)?.();
  return settled();
}

beforeEach(() => {
  [asked, shown, due, retry] = [[], [], [], null];
  feed = new Feed<string, string>({
    key: (wish, quality) => `${wish} ${quality}`,
    fetch,
    show: (picture) => shown.push(picture),
    failed: () => retry,
    clock: {
      after: (_, act) => {
        due.push(act);
        return () => {
          due = due.filter((other) => other !== act);
        };
      },
    },
  });
});

const texts = () => asked.map(({ text }) => text);

describe("a viewport's pictures", () => {
  it("have one question on its way; of those that came meanwhile only the newest is asked", async () => {
    for (const wish of ["1", "2", "3"]) feed.wish(wish);
    expect(texts()).toEqual(["1 preview"]);
    await asked[0]?.answer();
    expect(texts()).toEqual(["1 preview", "3 preview"]);
    await asked[1]?.answer();
    expect(shown).toEqual(["1 preview", "3 preview"]);
    expect(asked.length).toBe(2);
  });

  it("become full at rest, after the preview", async () => {
    feed.wish("1");
    await rest();
    expect(texts()).toEqual(["1 preview"]);
    await asked[0]?.answer();
    await asked[1]?.answer();
    expect(shown).toEqual(["1 preview", "1 full"]);
    feed.wish("1");
    await rest();
    expect(asked.length).toBe(2);
  });

  it("give a full picture up when something else is wished for", async () => {
    feed.wish("1");
    await asked[0]?.answer();
    await rest();
    expect(texts().at(-1)).toBe("1 full");
    feed.wish("2");
    expect(asked[1]?.signal.aborted).toBe(true);
    expect(texts().at(-1)).toBe("2 preview");
    await asked[1]?.answer();
    expect(shown).toEqual(["1 preview"]);
  });

  it("are asked for again after a pause when the line broke, and not when there is no hope", async () => {
    retry = 1000;
    feed.wish("1");
    await asked[0]?.fail();
    expect(asked.length).toBe(1);
    await rest();
    expect(texts()).toEqual(["1 preview", "1 preview"]);
    retry = null;
    await asked[1]?.fail();
    expect(due.length).toBe(1);
    expect(asked.length).toBe(2);
  });

  it("are made anew when the volume was, and no more when all is over", async () => {
    feed.wish("1");
    await asked[0]?.answer();
    feed.forget();
    expect(texts()).toEqual(["1 preview", "1 preview"]);
    feed.stop();
    expect(asked[1]?.signal.aborted).toBe(true);
    feed.wish("2");
    expect(asked.length).toBe(2);
  });
});
