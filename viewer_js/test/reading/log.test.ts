// @vitest-environment happy-dom

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ReadingLog } from "../../src/reading/log";
import type { Frame, OpenStudy, Stack } from "../../src/stream/stack";
import { instance, series, study } from "../manifests";

let open: OpenStudy;
let sent: { address: string; init: RequestInit }[];
let status: number;
let log: ReadingLog;
const frame = (index: number) => open.stacks[0]?.frames[index] as Frame;

beforeEach(() => {
  vi.useFakeTimers();
  open = study(
    series(
      "a",
      [0, 1, 2, 3].map((number) => instance(number)),
    ),
  );
  sent = [];
  status = 204;
  vi.stubGlobal("fetch", async (address: string, init: RequestInit) => {
    sent.push({ address, init });
    return new Response(status === 204 ? null : "{}", { status });
  });
  log = new ReadingLog(() => [open], "token");
});

afterEach(() => {
  log.stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const body = () => JSON.parse(sent.at(-1)?.init.body as string);

describe("what was on the screen", () => {
  it("is told by series as runs of frames, each level with the better ones", () => {
    log.saw(frame(0), "preview");
    log.saw(frame(1), "full");
    log.saw(frame(1), "preview");
    log.saw(frame(3), "rendered");
    const [told] = Object.values(log.report(open, false).series);
    expect(told).toEqual({
      frames: 4,
      shown: [
        [0, 2],
        [3, 4],
      ],
      rendered: [
        [1, 2],
        [3, 4],
      ],
      full: [[1, 2]],
    });
  });

  it("is told every ten seconds, and only when there is something new", async () => {
    await vi.advanceTimersByTimeAsync(10_000);
    expect(sent).toEqual([]);
    log.saw(frame(0), "full");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(sent.map(({ address }) => address)).toEqual([`/stream/${open.key}/reading`]);
    expect(sent[0]?.init.headers).toMatchObject({ "X-CSRF-Token": "token" });
    await vi.advanceTimersByTimeAsync(20_000);
    expect(sent).toHaveLength(1);
  });

  it("is told again when the line was broken, and not when it was refused", async () => {
    log.saw(frame(0), "full");
    status = 503;
    await vi.advanceTimersByTimeAsync(20_000);
    expect(sent).toHaveLength(2);
    status = 404;
    await vi.advanceTimersByTimeAsync(30_000);
    expect(sent).toHaveLength(3);
  });

  it("counts the seconds of planes for each series", () => {
    const stack = open.stacks[0] as Stack;
    log.sawPlanes(stack, { shown: 1, full: 0, body: 1 });
    log.sawPlanes(stack, { shown: 1, full: 1, body: 0 });
    const [told] = Object.values(log.report(open, false).series);
    expect(told).toMatchObject({ frames: 4, shown: [], planes: { shown: 2, full: 1, body: 1 } });
  });

  it("is told when the page is left, by a request that outlives it", () => {
    log.saw(frame(2), "preview");
    dispatchEvent(new Event("pagehide"));
    expect(sent[0]?.init.keepalive).toBe(true);
    expect(body().leaving).toBe(true);
  });
});
