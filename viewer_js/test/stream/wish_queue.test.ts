import { describe, expect, it } from "vitest";
import { type Wish, WishQueue } from "../../src/stream/wish_queue";

class Door {
  readonly started: string[] = [];
  readonly aborted: string[] = [];
  readonly #open = new Map<string, () => void>();

  wish(key: string, urgent = false): Wish {
    const run = (signal: AbortSignal) => {
      this.started.push(key);
      signal.addEventListener("abort", () => this.aborted.push(key));
      return new Promise<void>((done) => this.#open.set(key, done));
    };
    return { key, urgent, run };
  }

  async answer(key: string): Promise<void> {
    this.#open.get(key)?.();
    await new Promise((done) => setTimeout(done));
  }
}

describe("a queue of wishes", () => {
  it("starts in the order of the list, as many as may run at once", async () => {
    const door = new Door();
    const queue = new WishQueue({ total: 3, background: 2 });
    queue.replace(["a", "b", "c", "d"].map((key) => door.wish(key)));
    expect(door.started).toEqual(["a", "b"]);
    await door.answer("a");
    expect(door.started).toEqual(["a", "b", "c"]);
  });

  it("keeps a place for what is on the screen", () => {
    const door = new Door();
    const queue = new WishQueue({ total: 3, background: 2 });
    queue.replace([door.wish("a"), door.wish("b"), door.wish("c")]);
    queue.replace([door.wish("seen", true), door.wish("a"), door.wish("b"), door.wish("c")]);
    expect(door.started).toEqual(["a", "b", "seen"]);
    expect(door.aborted).toEqual([]);
  });

  it("aborts what nobody wishes any more: the newest list wins", () => {
    const door = new Door();
    const queue = new WishQueue({ total: 2, background: 1 });
    queue.replace([door.wish("10", true), door.wish("11")]);
    queue.replace([door.wish("12", true), door.wish("13")]);
    expect(door.aborted).toEqual(["10", "11"]);
    expect(queue.running).toEqual(["12", "13"]);
  });

  it("joins a wish to the request that is already running", () => {
    const door = new Door();
    const queue = new WishQueue({ total: 2, background: 2 });
    queue.replace([door.wish("a")]);
    queue.replace([door.wish("a", true)]);
    expect(door.started).toEqual(["a"]);
    expect(door.aborted).toEqual([]);
  });

  it("may start the same thing again after it was aborted, and is not confused by the late end of the first", async () => {
    const door = new Door();
    const queue = new WishQueue({ total: 1, background: 1 });
    queue.replace([door.wish("a")]);
    queue.replace([]);
    const late = door.answer("a");
    queue.replace([door.wish("a")]);
    await late;
    expect(door.started).toEqual(["a", "a"]);
    expect(queue.running).toEqual(["a"]);
  });

  it("starts nothing while it is paused", () => {
    const door = new Door();
    const queue = new WishQueue({ total: 2, background: 2 });
    queue.pause();
    queue.replace([door.wish("a")]);
    expect(door.started).toEqual([]);
    queue.resume();
    expect(door.started).toEqual(["a"]);
  });
});
