import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { PlanesView } from "../../src/api/planes_view";
import { Live } from "../../src/consult/live";
import { LAN, MINH, mark } from "./cast";
import { VIEW, ViewerDouble } from "./viewer_double";

const HERE = [
  { ...LAN, since: "2026-01-01T00:00:00Z" },
  { ...MINH, since: "2026-01-01T00:00:00Z" },
];
const POINTER = { study_id: "study", sop_instance_uid: "1.2.3", frame_number: 1, x: 5, y: 6 };

let viewer: ViewerDouble;
let said: [string, object][];
let live: Live;

beforeEach(() => {
  vi.useFakeTimers();
  viewer = new ViewerDouble();
  said = [];
  live = new Live({ show: (name, payload) => said.push([name, payload]) }, viewer, LAN.id);
  live.present(HERE);
  vi.advanceTimersByTime(100);
  said.length = 0;
});

afterEach(() => {
  vi.useRealTimers();
});

describe("following another's view", () => {
  it("shows what they look at, from the last thing they showed on", () => {
    live.viewport(MINH, { ...VIEW, frame_number: 7 });
    live.follow(MINH);
    live.viewport(MINH, { ...VIEW, frame_number: 8 });
    expect(viewer.shown.map(({ frame_number }) => frame_number)).toEqual([7, 8]);
  });

  it("ends with the first move of one's own hand", () => {
    live.follow(MINH);
    viewer.move({ ...VIEW, frame_number: 2 });
    live.viewport(MINH, { ...VIEW, frame_number: 9 });
    expect(live.following.value).toBeNull();
    expect(viewer.shown).toEqual([]);
  });

  it("knows whether planes are followed: the key that leaves them ends both", () => {
    live.viewport(MINH, { ...VIEW, planes: {} as PlanesView });
    live.follow(MINH);
    expect(live.followsPlanes.value).toBe(true);
    live.viewport(MINH, { ...VIEW, planes: null });
    expect(live.followsPlanes.value).toBe(false);
    live.viewport(MINH, { ...VIEW, planes: {} as PlanesView });
    live.stopFollowing();
    expect(live.followsPlanes.value).toBe(false);
  });

  it("is not echoed: a shown view goes to nobody", () => {
    live.follow(MINH);
    live.viewport(MINH, { ...VIEW, frame_number: 8 });
    vi.advanceTimersByTime(200);
    expect(said).toEqual([]);
  });

  it("ends, and says so, when they have really left", () => {
    live.follow(MINH);
    live.present(HERE.slice(0, 1));
    vi.advanceTimersByTime(9_000);
    expect(live.following.value).toBeNull();
    expect(viewer.notices).toHaveLength(1);
  });

  it("outlives a reload of theirs and a stumble of the own line", () => {
    live.follow(MINH);
    live.present(HERE.slice(0, 1));
    vi.advanceTimersByTime(3_000);
    live.present(HERE);
    live.lost();
    vi.advanceTimersByTime(3_000);
    live.present(HERE);
    vi.advanceTimersByTime(60_000);
    expect(live.following.value).toEqual(MINH);
  });
});

describe("showing one's own view", () => {
  it("tells at most 17 views a second and always the last", () => {
    for (let step = 1; step <= 100; step += 1) {
      viewer.move({ ...VIEW, frame_number: step });
      vi.advanceTimersByTime(10);
    }
    vi.advanceTimersByTime(100);
    expect(said.length).toBeLessThanOrEqual(18);
    expect(said.at(-1)).toEqual(["viewport.show", { view: { ...VIEW, frame_number: 100 } }]);
  });

  it("tells whoever comes in what is on the screen now", () => {
    live.present(HERE.slice(0, 1));
    live.present(HERE);
    expect(said).toEqual([["viewport.show", { view: VIEW }]]);
  });

  it("tells nothing to an empty room", () => {
    live.present(HERE.slice(0, 1));
    viewer.move({ ...VIEW, frame_number: 2 });
    viewer.point(POINTER);
    live.sayTyping();
    live.saySketch(mark("a"));
    vi.advanceTimersByTime(5_000);
    expect(said).toEqual([]);
  });

  it("tells followers too when a message's view was brought back", () => {
    live.go({ ...VIEW, frame_number: 30 });
    expect(said).toEqual([["viewport.show", { view: { ...VIEW, frame_number: 30 } }]]);
  });
});

describe("what fades", () => {
  it("draws another's pointer with their name until it rests too long", () => {
    live.pointer({ ...POINTER, person: MINH });
    expect(viewer.pointers).toEqual([{ ...POINTER, person: MINH }]);
    vi.advanceTimersByTime(5_000);
    expect(viewer.pointers).toEqual([]);
  });

  it("never draws one's own pointer or sketch from another window", () => {
    live.pointer({ ...POINTER, person: LAN });
    live.sketch(LAN, mark("a"));
    expect(viewer.pointers).toEqual([]);
    expect(viewer.sketched).toEqual([]);
  });

  it("takes a sketch's author from the server's word, not from the sketch", () => {
    live.sketch(MINH, mark("a", { author: LAN }));
    expect(viewer.sketched[0]?.author).toEqual(MINH);
  });

  it("forgets that somebody types when their line has come", () => {
    live.types(MINH);
    expect(live.typing.value).toEqual([MINH]);
    live.typed(MINH.id);
    expect(live.typing.value).toEqual([]);
    live.types(MINH);
    vi.advanceTimersByTime(5_000);
    expect(live.typing.value).toEqual([]);
  });
});
