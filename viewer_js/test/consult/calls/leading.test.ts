import { signal } from "@preact/signals";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { Leading } from "../../../src/consult/calls/leading";
import { CallNews } from "../../../src/consult/calls/news";
import type { Room } from "../../../src/consult/room";
import type { Person, RoomState } from "../../../src/consult/wire";
import { emptyRoom, LAN, MINH } from "../cast";

const NOBODY = { leader: null, lender: null, asking: [] };

let calls: CallNews;
let live: ReturnType<typeof followed>;
const state = signal<RoomState | null>(null);

function followed() {
  const following = signal<Person | null>(null);
  return {
    following,
    follow: vi.fn((person: Person) => {
      following.value = person;
    }),
    stopFollowing: vi.fn(() => {
      following.value = null;
    }),
    sayView: vi.fn(),
  };
}

beforeEach(() => {
  calls = new CallNews();
  live = followed();
  state.value = null;
  const portal = { calls, ask: async () => null };
  const viewer = { notify: vi.fn() };
  new Leading({ live, portal, state, config: { person: LAN }, viewer } as unknown as Room);
});

describe("whoever leads", () => {
  it("is followed from then on, also by whoever comes later", () => {
    calls.control.value = { ...NOBODY, leader: MINH };
    expect(live.following.value).toEqual(MINH);
  });

  it("is not followed anew by whoever looked away, only because somebody asked", () => {
    calls.control.value = { ...NOBODY, leader: MINH };
    live.stopFollowing();
    calls.control.value = { ...NOBODY, leader: MINH, asking: [LAN] };
    expect(live.following.value).toBeNull();
  });

  it("is followed no longer when they stop, or when the line breaks", () => {
    calls.control.value = { ...NOBODY, leader: MINH };
    calls.lost();
    expect(live.following.value).toBeNull();
  });

  it("is not followed by a blind reader before their own reading", () => {
    const blind = { person: LAN, kind: "blind", reading: null };
    state.value = { ...emptyRoom(), opinions: { readers: [blind] } } as unknown as RoomState;
    calls.control.value = { ...NOBODY, leader: MINH };
    expect(live.follow).not.toHaveBeenCalled();
    state.value = emptyRoom();
    expect(live.following.value).toEqual(MINH);
  });

  it("says their view at once when it is oneself", () => {
    calls.control.value = { ...NOBODY, leader: LAN };
    expect(live.follow).not.toHaveBeenCalled();
    expect(live.sayView).toHaveBeenCalled();
  });
});
