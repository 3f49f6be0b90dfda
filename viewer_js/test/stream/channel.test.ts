// @vitest-environment happy-dom

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Channel } from "../../src/stream/channel";
import { bytesRead } from "../../src/stream/meter";
import { type Ask, Transport } from "../../src/stream/transport";

/** The server's end, as told. */
class Socket {
  static all: Socket[] = [];
  binaryType = "";
  said: { ask: [number, string, number][]; drop: number[] }[] = [];
  onopen?: () => void;
  onclose?: () => void;
  onmessage?: (event: { data: ArrayBuffer }) => void;
  readonly address: string;

  constructor(address: string) {
    this.address = address;
    Socket.all.push(this);
  }

  send(text: string): void {
    this.said.push(JSON.parse(text));
  }

  close(): void {}

  answer(number: number, body: string, { status = 200, headers = {}, more = 0, first = true } = {}): void {
    const told = first ? new TextEncoder().encode(JSON.stringify(headers)) : new Uint8Array();
    const bytes = new TextEncoder().encode(body);
    const message = new Uint8Array(12 + told.length + bytes.length);
    const head = new DataView(message.buffer);
    head.setUint32(0, number, true);
    head.setUint16(4, status, true);
    head.setUint16(6, told.length, true);
    head.setUint8(8, more);
    message.set(told, 12);
    message.set(bytes, 12 + told.length);
    this.onmessage?.({ data: message.buffer });
  }
}

const last = () => Socket.all.at(-1) as Socket;
const turn = () => new Promise((done) => setTimeout(done, 5));
const asking = (rest: string, more: Partial<Ask> = {}): Ask => {
  return { studyKey: "k", rest, urgent: true, signal: new AbortController().signal, ...more };
};
const textOf = async (coming: Promise<{ response: Response }> | null) => (await coming)?.response.text();

beforeEach(() => {
  Socket.all = [];
  vi.stubGlobal("WebSocket", Socket);
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function opened(): Channel {
  const channel = new Channel("k");
  expect(channel.ask(asking("rendered/x/1"))).toBeNull();
  last().onopen?.();
  return channel;
}

describe("the frame channel", () => {
  it("opens when something is asked for, at the study's own address", () => {
    opened();
    expect(last().address).toMatch(/^ws:\/\/[^/]+\/stream\/k\/channel\?accept=gzip$/);
  });

  it("says all wishes of one turn in one message, the urgent ones marked", async () => {
    const channel = opened();
    const coming = channel.ask(asking("rendered/a/1"));
    channel.ask(asking("stored/b/1", { urgent: false }));
    await turn();
    expect(last().said).toEqual([
      {
        ask: [
          [1, "rendered/a/1", 0],
          [2, "stored/b/1", 1],
        ],
        drop: [],
      },
    ]);
    last().answer(1, "picture", { headers: { "X-A": "b" } });
    expect((await coming)?.response.headers.get("X-A")).toBe("b");
    expect(await textOf(coming)).toBe("picture");
  });

  it("puts parts together, counts their bytes and begins to count time when the line was free for them", async () => {
    const channel = opened();
    const before = bytesRead.value;
    const coming = channel.ask(asking("stored/a/1"));
    await turn();
    last().answer(1, "one ", { more: 1, headers: { "Content-Length": "7" } });
    last().answer(1, "two", { first: false });
    expect(await textOf(coming)).toBe("one two");
    expect(bytesRead.value - before).toBe(2 * 12 + JSON.stringify({ "Content-Length": "7" }).length + 7);
    expect((await coming)?.began).toBeLessThan(performance.now() - 3);
  });

  it("tells a problem as HTTP does", async () => {
    const coming = opened().ask(asking("rendered/a/9"));
    await turn();
    last().answer(1, '{"code":"not_found","detail":"Không tìm thấy."}', { status: 404 });
    await expect(coming).rejects.toMatchObject({
      status: 404,
      code: "not_found",
      message: "Không tìm thấy.",
    });
  });

  it("takes back by number what was said, and never says what was not", async () => {
    const channel = opened();
    const [one, two] = [new AbortController(), new AbortController()];
    const first = channel.ask(asking("stored/a/1", { signal: one.signal }));
    await turn();
    const second = channel.ask(asking("stored/b/1", { signal: two.signal }));
    two.abort();
    one.abort();
    await expect(first).rejects.toMatchObject({ name: "AbortError" });
    await expect(second).rejects.toMatchObject({ name: "AbortError" });
    await turn();
    expect(last().said.at(-1)).toEqual({ ask: [], drop: [1] });
    last().answer(1, "too late");
  });

  it("keeps what came, so that nothing comes twice, but for what must not be kept", async () => {
    const channel = opened();
    for (const [number, rest, headers] of [
      [1, "stored/a/1", { "Content-Length": "4", "X-A": "b" }],
      [2, "rendered/b/1", { "Cache-Control": "no-store" }],
    ] as const) {
      const coming = channel.ask(asking(rest));
      await turn();
      last().answer(number, "body", { headers });
      await coming;
    }
    const again = await channel.ask(asking("stored/a/1"));
    expect(await again?.response.text()).toBe("body");
    expect(again?.response.headers.get("Content-Length")).toBeNull();
    void channel.ask(asking("rendered/b/1"));
    await turn();
    expect(last().said.at(-1)?.ask).toEqual([[3, "rendered/b/1", 0]]);
  });

  it("gives up for the session a socket that opens and never says anything, after 2 s", async () => {
    vi.useFakeTimers();
    const channel = opened();
    const coming = channel.ask(asking("stored/a/1"));
    const lost = expect(coming).rejects.toMatchObject({ isForGood: true });
    await vi.advanceTimersByTimeAsync(2600);
    await lost;
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(channel.ask(asking("stored/a/1"))).toBeNull();
    expect(Socket.all.length).toBe(1);
  });

  it("gives up a socket that fell silent after 8 s, and opens another after a pause", async () => {
    vi.useFakeTimers();
    const channel = opened();
    void channel.ask(asking("stored/a/1"));
    last().answer(1, "there");
    const coming = channel.ask(asking("stored/b/1"));
    let isLost = false;
    const lost = expect(coming).rejects.toMatchObject({ isForGood: false });
    coming?.catch(() => {
      isLost = true;
    });
    await vi.advanceTimersByTimeAsync(7900);
    expect(isLost).toBe(false);
    await vi.advanceTimersByTimeAsync(700);
    await lost;
    expect(channel.ask(asking("stored/b/1"))).toBeNull();
    expect(Socket.all.length).toBe(1);
    await vi.advanceTimersByTimeAsync(1100);
    channel.ask(asking("stored/b/1"));
    expect(Socket.all.length).toBe(2);
  });

  it("closes a socket that nobody uses", async () => {
    vi.useFakeTimers();
    const channel = opened();
    const close = vi.spyOn(last(), "close");
    await vi.advanceTimersByTimeAsync(66_000);
    expect(close).toHaveBeenCalled();
    expect(channel.ask(asking("stored/a/1"))).toBeNull();
    expect(Socket.all.length).toBe(2);
  });
});

describe("the way of a frame", () => {
  let byHttp: string[];
  let transport: Transport;

  beforeEach(() => {
    byHttp = [];
    transport = new Transport(async () => Channel);
    vi.stubGlobal("fetch", async (address: string) => {
      byHttp.push(address);
      return new Response("by http");
    });
  });

  const fetched = (rest: string) => transport.fetch(asking(rest)).then(({ response }) => response.text());

  it("is HTTP at first, the channel once it is open, and HTTP again when it is lost", async () => {
    expect(await fetched("stored/a/1")).toBe("by http");
    await turn();
    expect(await fetched("stored/b/1")).toBe("by http");
    last().onopen?.();
    const coming = fetched("stored/c/1");
    await turn();
    last().answer(1, "by socket");
    expect(await coming).toBe("by socket");
    const losing = fetched("stored/d/1");
    await turn();
    last().onclose?.();
    expect(await losing).toBe("by http");
    expect(byHttp).toEqual(["/stream/k/stored/a/1", "/stream/k/stored/b/1", "/stream/k/stored/d/1"]);
  });

  it("is HTTP for every study once a socket opened and stayed silent", async () => {
    vi.useFakeTimers();
    await fetched("stored/a/1");
    expect(await fetched("stored/b/1")).toBe("by http");
    last().onopen?.();
    const waiting = fetched("stored/c/1");
    await vi.advanceTimersByTimeAsync(2600);
    expect(await waiting).toBe("by http");
    await transport.fetch({ ...asking("stored/d/1"), studyKey: "another" });
    expect(Socket.all.length).toBe(1);
  });

  it("stays HTTP where no socket opens", async () => {
    await fetched("stored/a/1");
    await turn();
    for (const rest of ["stored/b/1", "stored/c/1", "stored/d/1"]) {
      expect(await fetched(rest)).toBe("by http");
      last().onclose?.();
    }
    expect(Socket.all.length).toBe(1);
  });
});
