// @vitest-environment happy-dom

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FrameStore } from "../../src/stream/frame_store";
import type { Need } from "../../src/stream/plan";
import type { Frame, Stack } from "../../src/stream/stack";
import { instance, series, study } from "../manifests";

const SMALL = { rows: 2, columns: 2, stored_bytes: 8 };
/** Four ones: four kinds of place, the first with all values (app/render/prediction.py). */
const STORED = new Uint8Array(4 * 14 + 8);
STORED[0] = 4;
STORED[56] = 2;
STORED[57] = 2;

function record(index: number): number[] {
  const header = new DataView(new ArrayBuffer(8));
  header.setUint32(0, index, true);
  header.setUint32(4, 1, true);
  return [...new Uint8Array(header.buffer), 0xff];
}

/** Answers as the stream door does, frame by frame as told. */
class StreamDoor {
  asked: string[] = [];
  broken = false;
  headers: Record<string, string> = {};
  status = 200;

  readonly fetch = async (address: string): Promise<Response> => {
    this.asked.push(address);
    if (this.broken) throw new TypeError("network");
    if (address.includes("/previews/"))
      return new Response(new Uint8Array([...record(1), ...record(0), ...record(2)]));
    if (this.status !== 200) {
      const body = JSON.stringify({ code: "x", detail: "Không đọc được tệp." });
      return new Response(body, { status: this.status });
    }
    return new Response(STORED, { headers: this.headers });
  };
}

let door: StreamDoor;
let store: FrameStore;
const stack = study(series("a", [instance(0, SMALL), instance(1, SMALL), instance(2, SMALL)]))
  .stacks[0] as Stack;
const frame = (index: number) => stack.frames[index] as Frame;
const need = (index: number): Need => {
  return { stack, index, direction: 1, window: null, box: { width: 2, height: 2 }, settled: true };
};

beforeEach(() => {
  door = new StreamDoor();
  vi.stubGlobal("fetch", door.fetch);
  vi.stubGlobal("createImageBitmap", async () => ({ width: 1, height: 1 }));
  store = new FrameStore(1e9, () => {});
});

afterEach(() => vi.unstubAllGlobals());

const settled = () => new Promise((done) => setTimeout(done, 30));

describe("frames by need", () => {
  it("asks for previews and the visible frame, then for the rest of the stack, each once", async () => {
    store.need([need(1)], [stack]);
    await settled();
    expect(door.asked.slice(0, 2)).toEqual([
      "/stream/k/previews/a?start=1",
      "/stream/k/stored/i1/1?coding=predicted",
    ]);
    expect(door.asked.slice(2).sort()).toEqual([
      "/stream/k/stored/i0/1?coding=predicted",
      "/stream/k/stored/i2/1?coding=predicted",
    ]);
    expect(store.loaded(stack)).toEqual({ preview: [[0, 3]], full: [[0, 3]] });
  });

  it("decodes stored values", async () => {
    store.need([need(0)], [stack]);
    await settled();
    const { full } = store.entry(frame(0));
    expect(full?.kind === "stored" && [...full.values]).toEqual([1, 1, 1, 1]);
  });

  it("keeps the reason of a frame that the server cannot draw, and asks no more for it", async () => {
    door.headers = { "X-Hoichan-Reason": encodeURIComponent("Tệp bị cắt cụt.") };
    store.need([need(0)], [stack]);
    await settled();
    expect(store.entry(frame(0)).reason).toBe("Tệp bị cắt cụt.");
    const asked = door.asked.length;
    store.need([need(0)], [stack]);
    await settled();
    expect(door.asked).toHaveLength(asked);
  });

  it("shows the server's sentence for a refusal", async () => {
    door.status = 422;
    store.need([need(0)], [stack]);
    await settled();
    expect(store.entry(frame(0)).reason).toBe("Không đọc được tệp.");
    expect(store.line.broken.value).toBe(false);
  });

  it("says that the line is broken, and goes on by itself when it is back", async () => {
    door.broken = true;
    store.need([need(1)], [stack]);
    await settled();
    expect(store.line.broken.value).toBe(true);
    expect(store.entry(frame(1)).reason).toBeNull();
    door.broken = false;
    store.line.retryNow();
    await settled();
    expect(store.line.broken.value).toBe(false);
    expect(store.loaded(stack).full).toEqual([[0, 3]]);
  });

  it("treats a busy server like a broken line", async () => {
    door.status = 503;
    store.need([need(1)], [stack]);
    await settled();
    expect(store.line.broken.value).toBe(true);
    expect(store.entry(frame(1)).reason).toBeNull();
  });

  it("never holds more than its memory allows", async () => {
    store = new FrameStore(16, () => {});
    store.need([need(0)], [stack]);
    await settled();
    store.need([need(2)], [stack]);
    await settled();
    expect(store.loaded(stack).full).toEqual([[1, 3]]);
  });

  it("forgets a study that is closed", async () => {
    store.need([need(1)], [stack]);
    await settled();
    store.forgetStudy("s");
    expect(store.loaded(stack)).toEqual({ preview: [], full: [] });
  });
});
