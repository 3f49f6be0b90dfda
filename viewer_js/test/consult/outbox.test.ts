import { describe, expect, it } from "vitest";
import { type Answer, type MessageWish, Outbox, type PutWish, type Wish } from "../../src/consult/outbox";
import { reduce } from "../../src/consult/state";
import type { ConsultEvent, RoomState } from "../../src/consult/wire";
import { setLanguage } from "../../src/i18n/translate";
import { chance, emptyRoom, event, LAN, mark, memoryStorage, settled } from "./cast";

/** A server in ten lines: idempotent by client_id, as the real one is. */
class Server {
  state: RoomState = emptyRoom();
  readonly events: ConsultEvent[] = [];
  readonly numbers = new Map<string, number>();

  take(wish: Wish): number {
    const known = this.numbers.get(wish.client_id);
    if (known !== undefined && wish.kind === "message") return known;
    const number = this.state.head + 1;
    const made = happened(wish, number, this.state);
    this.events.push(made);
    this.state = reduce(this.state, made);
    this.numbers.set(wish.client_id, number);
    return number;
  }
}

function happened(wish: Wish, number: number, state: RoomState): ConsultEvent {
  if (wish.kind === "message") {
    return event(number, "message.posted", {
      id: `m${number}`,
      client_id: wish.client_id,
      text: wish.text,
      view: null,
    });
  }
  if (wish.kind === "delete") return event(number, "annotation.deleted", { id: wish.annotation.id });
  const old = state.annotations.find(({ id }) => id === wish.annotation.id);
  return event(number, "annotation.put", {
    annotation: { ...wish.annotation, revision: (old?.revision ?? 0) + 1 },
  });
}

function line(text: string): MessageWish {
  return { kind: "message", client_id: `c-${text}`, text, view: null, at: "", refused: null };
}

function put(id: string, client: string, change: Parameters<typeof mark>[1] = {}, base = 0): PutWish {
  return { kind: "put", client_id: client, annotation: mark(id, change), base, refused: null };
}

function box(send: (wish: Wish) => Promise<Answer>, storage = memoryStorage()): Outbox {
  return new Outbox({ send, pause: () => Promise.resolve(), changed: () => undefined, storage });
}

const ACCEPT = async (): Promise<Answer> => ({ outcome: "accepted", number: null });

describe("the outbox", () => {
  it("delivers what was typed off-line once and in order, through broken lines and reloads", async () => {
    for (let seed = 1; seed <= 100; seed += 1) {
      const random = chance(seed);
      const server = new Server();
      const storage = memoryStorage();
      const send = async (wish: Wish): Promise<Answer> => {
        if (random() < 0.3) return { outcome: "again" }; // never arrived
        const number = server.take(wish);
        return random() < 0.3 ? { outcome: "again" } : { outcome: "accepted", number }; // or its answer was lost
      };
      let outbox = box(send, storage);
      for (let n = 0; n < 20; n += 1) {
        outbox.add(line(`${n}`));
        outbox.setOnline(random() < 0.6);
        await settled(Math.floor(random() * 6));
        if (random() < 0.1) {
          outbox.setOnline(false);
          await settled(20);
          outbox = box(send, storage);
          outbox.settleWith(server.state, LAN.id);
        }
      }
      outbox.setOnline(true);
      await settled(500);
      expect(
        server.state.messages.map(({ text }) => text),
        `seed ${seed}`,
      ).toEqual(Array.from({ length: 20 }, (_, n) => `${n}`));
      outbox.settle(server.events, LAN.id);
      expect(outbox.wishes).toEqual([]);
    }
  });

  it("keeps a line on the screen until the history shows it", async () => {
    const outbox = box(ACCEPT);
    outbox.setOnline(true);
    outbox.add(line("a"));
    await settled();
    expect(outbox.unsentMessages).toHaveLength(1);
    outbox.settle([event(1, "message.posted", { client_id: "c-a" }, { ...LAN, id: "someone else" })], LAN.id);
    expect(outbox.unsentMessages).toHaveLength(1);
    outbox.settle([event(2, "message.posted", { client_id: "c-a" })], LAN.id);
    expect(outbox.unsentMessages).toHaveLength(0);
  });

  it("keeps a refused line with its reason, goes on with the next and sends it again when asked", async () => {
    const sent: string[] = [];
    let refuse = true;
    const outbox = box(async (wish) => {
      sent.push(wish.client_id);
      return refuse && wish.client_id === "c-a"
        ? { outcome: "refused", reason: "too long" }
        : { outcome: "accepted", number: null };
    });
    outbox.setOnline(true);
    outbox.add(line("a"));
    outbox.add(line("b"));
    await settled();
    expect(sent).toEqual(["c-a", "c-b"]);
    expect(outbox.unsentMessages.map(({ refused }) => refused)).toEqual(["too long", null]);
    refuse = false;
    outbox.retry("c-a");
    await settled();
    expect(sent).toEqual(["c-a", "c-b", "c-a"]);
  });

  it("sends only the newest of several changes of a mark made off-line", async () => {
    const server = new Server();
    const outbox = box(async (wish) => ({ outcome: "accepted", number: server.take(wish) }));
    outbox.add(put("a", "1"));
    outbox.add(put("a", "2", { text: "hai" }));
    outbox.setOnline(true);
    await settled();
    expect(server.events).toHaveLength(1);
    expect(server.state.annotations[0]?.text).toBe("hai");
  });

  it("does not lose a change made while an older one of the same mark is under way", async () => {
    const server = new Server();
    const outbox = box(async (wish) => ({ outcome: "accepted", number: server.take(wish) }));
    outbox.setOnline(true);
    outbox.add(put("a", "1"));
    outbox.add(put("a", "2", { text: "hai" }));
    outbox.settle(server.events, LAN.id);
    expect(outbox.localChanges.get("a")).toMatchObject({ base: 1, annotation: { text: "hai" } });
    await settled();
    expect(server.state.annotations[0]).toMatchObject({ text: "hai", revision: 2 });
    outbox.settle(server.events.slice(1), LAN.id);
    expect(outbox.wishes).toEqual([]);
  });

  it("gives way to a revision made in the same person's other window", () => {
    const outbox = box(ACCEPT);
    outbox.add(put("a", "1", { text: "ở đây" }, 1));
    outbox.settle(
      [event(2, "annotation.put", { annotation: mark("a", { text: "ở kia", revision: 2 }) })],
      LAN.id,
    );
    expect(outbox.wishes).toEqual([]);
  });

  it("never tells the server of a mark that was drawn and deleted off-line", () => {
    const outbox = box(ACCEPT);
    outbox.add(put("a", "1"));
    outbox.add({ ...put("a", "2"), kind: "delete" });
    expect(outbox.wishes).toEqual([]);
  });

  it("forgets a wish whose event came before its answer", async () => {
    let answer: (answer: Answer) => void = () => undefined;
    const outbox = box(() => new Promise((resolve) => (answer = resolve)));
    outbox.setOnline(true);
    outbox.add(put("a", "1", { text: " rộng " }));
    // The server tidied the text, so the event alone does not look like ours.
    outbox.settle(
      [event(1, "annotation.put", { annotation: mark("a", { text: "rộng", revision: 1 }) })],
      LAN.id,
    );
    answer({ outcome: "accepted", number: 1 });
    await settled();
    expect(outbox.wishes).toEqual([]);
  });

  it("leaves it to the writer whether a line of yesterday is still to be said", async () => {
    setLanguage("en");
    const storage = memoryStorage();
    const hours = (ago: number) => new Date(Date.now() - ago * 3600_000).toISOString();
    const before = box(ACCEPT, storage);
    before.add({ ...line("yesterday"), at: hours(25) });
    before.add({ ...line("today"), at: hours(5) });
    const sent: string[] = [];
    const after = box(async ({ client_id }) => {
      sent.push(client_id);
      return { outcome: "accepted", number: null };
    }, storage);
    after.setOnline(true);
    await settled();
    expect(sent).toEqual(["c-today"]);
    expect(after.unsentMessages[0]?.refused).toContain("not sent since");
    after.retry("c-yesterday");
    await settled();
    expect(sent).toEqual(["c-today", "c-yesterday"]);
  });
});
