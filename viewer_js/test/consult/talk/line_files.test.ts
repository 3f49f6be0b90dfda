import { describe, expect, it } from "vitest";
import { ApiError } from "../../../src/api/http";
import type { sendFile } from "../../../src/consult/attachments/upload";
import { type Answer, type MessageWish, Outbox, type Wish } from "../../../src/consult/outbox";
import { KeptBytes } from "../../../src/consult/talk/kept";
import { LineFiles } from "../../../src/consult/talk/line_files";
import { chance, memoryStorage, settled } from "../cast";

const CONFIG = { consult_id: "consult", csrf: "c", keeping_key: "" };

/** Takes files and lines as the real one does: each once by its client's id. */
class Server {
  readonly files = new Map<string, string>();
  readonly lines: { readonly text: string; readonly attachments: readonly string[] }[] = [];
  private readonly said = new Set<string>();
  readonly broken: () => boolean;

  constructor(broken: () => boolean) {
    this.broken = broken;
  }

  upload: typeof sendFile = ({ clientId = "", file }) => {
    const take = async (): Promise<string> => {
      if (this.broken()) throw new TypeError("line");
      this.files.set(clientId, await file.text());
      if (this.broken()) throw new TypeError("its answer was lost");
      return `id-${clientId}`;
    };
    return { done: take(), cancel: () => undefined };
  };

  say({ client_id, text, more }: MessageWish): Answer {
    if (this.broken()) return { outcome: "again" };
    if (!this.said.has(client_id)) this.lines.push({ text, attachments: more?.attachments ?? [] });
    this.said.add(client_id);
    return this.broken() ? { outcome: "again" } : { outcome: "accepted", number: null };
  }
}

function opened(server: Server, kept: KeptBytes, storage: ReturnType<typeof memoryStorage>) {
  const held: { files?: LineFiles } = {};
  const send = async (wish: Wish): Promise<Answer> => {
    if (wish.kind !== "message" || held.files === undefined) return { outcome: "refused", reason: "" };
    const given = wish.files ? await held.files.give(wish) : { ids: [] };
    if ("outcome" in given) return given;
    return server.say({ ...wish, more: { attachments: given.ids } });
  };
  const outbox = new Outbox({
    send,
    pause: () => Promise.resolve(),
    changed: (wishes) => held.files?.outboxChanged(wishes),
    storage,
  });
  held.files = new LineFiles(CONFIG, outbox.wishes, { kept, upload: server.upload });
  return { outbox, files: held.files };
}

function line(text: string, files: MessageWish["files"] = []): MessageWish {
  const sent = { kind: "message", client_id: `c-${text}`, text, view: null, at: "", refused: null } as const;
  return files.length > 0 ? { ...sent, files } : sent;
}

function photo(content: string): File {
  return new File([content], `${content}.jpg`, { type: "image/jpeg" });
}

describe("files of lines", () => {
  it("go once and in order with the lines around them, over broken lines and reloads", async () => {
    for (let seed = 1; seed <= 30; seed += 1) {
      const random = chance(seed);
      const server = new Server(() => random() < 0.3);
      const [kept, storage] = [new KeptBytes(Promise.resolve(null)), memoryStorage()];
      let { outbox, files } = opened(server, kept, storage);
      for (let n = 0; n < 8; n += 1) {
        const carried = n % 3 === 0 ? [await files.keep(photo(`bytes ${n}`))] : [];
        outbox.add(line(`${n}`, carried));
        outbox.setOnline(random() < 0.6);
        await settled(Math.floor(random() * 20));
        if (random() < 0.2) {
          outbox.setOnline(false);
          await settled(60);
          ({ outbox, files } = opened(server, kept, storage));
        }
      }
      outbox.setOnline(true);
      await settled(3000);
      const expected = Array.from({ length: 8 }, (_, n) => [`${n}`, n % 3 === 0 ? [`bytes ${n}`] : []]);
      const came = server.lines.map(({ text, attachments }) => [
        text,
        attachments.map((id) => server.files.get(id.slice("id-".length))),
      ]);
      expect(came, `seed ${seed}`).toEqual(expected);
      expect(server.files.size).toBe(3);
    }
  });

  it("are refused with the server's reason, and stay to be tried again", async () => {
    const kept = new KeptBytes(Promise.resolve(null));
    const refuse: typeof sendFile = () => ({
      done: Promise.reject(new ApiError(409, "too_many", "The case is full.")),
      cancel: () => undefined,
    });
    const files = new LineFiles(CONFIG, [], { kept, upload: refuse });
    const file = await files.keep(photo("a"));
    expect(await files.give(line("a", [file]))).toEqual({ outcome: "refused", reason: "The case is full." });
    expect(await files.bytes(file)).not.toBeNull();
  });

  it("that are nowhere any more are said to be, and what nobody can send is not taken", async () => {
    const files = new LineFiles(CONFIG, [], { kept: new KeptBytes(Promise.resolve(null)) });
    const gone = { key: "k", name: "a.jpg", type: "image/jpeg", size: 1 };
    expect(await files.give(line("a", [gone]))).toMatchObject({ outcome: "refused" });
    await expect(files.keep(new File(["MZ"], "a.exe", { type: "application/x-dos" }))).rejects.toThrow("PDF");
  });

  it("are stopped on their way when their line is deleted", async () => {
    let stopped = false;
    const never: typeof sendFile = () => ({
      done: new Promise((_, reject) => {
        setTimeout(() => reject(new DOMException("", "AbortError")), 1);
      }),
      cancel: () => {
        stopped = true;
      },
    });
    const files = new LineFiles(CONFIG, [], { kept: new KeptBytes(Promise.resolve(null)), upload: never });
    const wish = line("a", [await files.keep(photo("a"))]);
    files.outboxChanged([wish]);
    const given = files.give(wish);
    await settled();
    files.outboxChanged([]);
    expect(await given).toMatchObject({ outcome: "refused" });
    expect(stopped).toBe(true);
  });
});
