import { describe, expect, it } from "vitest";
import { EventLog, type EventPage } from "../../src/consult/log";
import { reduce } from "../../src/consult/state";
import type { ConsultEvent, RoomState } from "../../src/consult/wire";
import { chance, emptyRoom, event, history, settled } from "./cast";

function fresh(events: readonly ConsultEvent[]): RoomState {
  return events.reduce(reduce, emptyRoom());
}

interface Line {
  readonly log: EventLog;
  readonly applied: number[];
  fetches: number;
}

function lineTo(
  past: readonly ConsultEvent[],
  options: { state?: RoomState; fails?: () => boolean; pageSize?: number } = {},
): Line {
  const applied: number[] = [];
  const page = (after: number): EventPage => ({
    events: past.filter(({ number }) => number > after).slice(0, options.pageSize ?? past.length),
    head: past.length,
  });
  const line: Line = {
    applied,
    fetches: 0,
    log: new EventLog({
      state: options.state ?? emptyRoom(),
      fetchAfter: async (after) => {
        line.fetches += 1;
        if (options.fails?.() === true) throw new Error("line broken");
        return page(after);
      },
      changed: (_, events) => applied.push(...events.map(({ number }) => number)),
      pause: () => Promise.resolve(),
    }),
  };
  return line;
}

function posted(number: number): ConsultEvent {
  return event(number, "message.posted", {
    id: `m${number}`,
    client_id: `c${number}`,
    text: "xin chào",
    view: null,
  });
}

describe("the log of a consult", () => {
  it("ends in the same history under any loss, doubling, disorder and broken fetches", async () => {
    for (let seed = 1; seed <= 200; seed += 1) {
      const random = chance(seed);
      const past = history(40, random);
      const line = lineTo(past, { fails: () => random() < 0.3, pageSize: 1 + Math.floor(random() * 10) });
      const wire = past.flatMap((one) => (random() < 0.25 ? [] : random() < 0.2 ? [one, one] : [one]));
      for (const one of wire.toSorted((a, b) => a.number - b.number + (random() - 0.5) * 8)) {
        line.log.receive(one);
        if (random() < 0.1) void line.log.reconnected();
        if (random() < 0.3) await settled(3);
      }
      line.log.headIs(past.length);
      await settled(500);
      expect(line.log.state, `seed ${seed}`).toEqual(fresh(past));
      expect(line.applied, `seed ${seed}`).toEqual(past.map(({ number }) => number));
    }
  });

  it("gives, from any old state and the later events, what a fresh fetch gives", () => {
    const past = history(60, chance(7));
    for (let cut = 0; cut <= past.length; cut += 1) {
      const old = fresh(past.slice(0, cut));
      expect(past.slice(cut).reduce(reduce, old)).toEqual(fresh(past));
    }
  });

  it("asks for nothing while the numbers come in order", async () => {
    const past = [posted(1), posted(2), posted(3)];
    const line = lineTo(past);
    for (const one of past) line.log.receive(one);
    line.log.headIs(3);
    await settled();
    expect(line.fetches).toBe(0);
  });

  it("learns of a lost last event from the head alone", async () => {
    const line = lineTo([posted(1), posted(2)]);
    line.log.receive(posted(1));
    line.log.headIs(2);
    await settled();
    expect(line.log.state.messages.map(({ id }) => id)).toEqual(["m1", "m2"]);
  });

  it("asks once after a reconnect, even when nothing was missed", async () => {
    const line = lineTo([posted(1)]);
    line.log.receive(posted(1));
    await line.log.reconnected();
    expect(line.fetches).toBe(1);
    expect(line.log.state.head).toBe(1);
  });

  it("lets a hidden event take its number and nothing else", () => {
    const before = emptyRoom();
    expect(reduce(before, { consult_id: "consult", number: 1, type: "hidden" })).toEqual({
      ...before,
      head: 1,
    });
  });

  it("stops asking when the room is left", async () => {
    const line = lineTo([posted(1)], { fails: () => true });
    line.log.headIs(1);
    line.log.stop();
    await settled();
    expect(line.fetches).toBe(1);
  });
});
