// @vitest-environment happy-dom

/** Of a case that was called off nothing is offered that would be refused. */

import { signal } from "@preact/signals";
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { LeadRow } from "../../src/consult/calls/lead_row";
import { CallNews } from "../../src/consult/calls/news";
import { Minutes } from "../../src/consult/minutes/minutes";
import type { Room } from "../../src/consult/room";
import type { Person, RoomState, State } from "../../src/consult/wire";
import { setLanguage } from "../../src/i18n/translate";
import { emptyRoom, LAN, MINH } from "./cast";

const root = document.createElement("div");

beforeEach(() => setLanguage("en"));
afterEach(() => render(null, root));

function standing(state: State): RoomState {
  const room = emptyRoom();
  return { ...room, minutes: null, consult: { ...room.consult, state } };
}

async function leading(state: State, leader: Person | null = null, studies = ["s1"]): Promise<string> {
  const calls = new CallNews();
  calls.control.value = { leader, lender: null, asking: [] };
  const live = {
    others: [MINH],
    following: signal(null),
    follow: vi.fn(),
    stopFollowing: vi.fn(),
    sayView: vi.fn(),
  };
  const portal = { calls, line: signal("open"), ask: async () => null };
  const openStudies = signal(new Set(studies));
  const seen = { state: signal(standing(state)), openStudies };
  const room = { config: { person: LAN }, portal, live, ...seen } as unknown as Room;
  await act(() => render(<LeadRow room={room} />, root));
  return root.textContent ?? "";
}

async function minutes(state: State): Promise<string> {
  await act(() => render(<Minutes state={standing(state)} mine={LAN.id} />, root));
  return root.textContent ?? "";
}

it.each(["cancelled", "rejected"] as const)("%s: neither the lead nor the pen", async (state) => {
  expect(await leading(state)).toBe("");
  expect(await leading(state, MINH)).toBe("");
  expect(await minutes(state)).not.toContain("Write the minutes");
});

it("whoever leads when it is called off can stop", async () => {
  expect(await leading("cancelled", LAN)).toContain("Stop leading");
});

it.each(["in-progress", "completed"] as const)("%s: both", async (state) => {
  expect(await leading(state)).toContain("Lead the view");
  expect(await leading(state, MINH)).toContain("Ask to lead");
  expect(await minutes(state)).toContain("Write the minutes");
});

it("whoever has no images is not asked to lead or to follow those who have", async () => {
  expect(await leading("in-progress", null, [])).toBe("");
  expect(await leading("in-progress", MINH, [])).toBe("");
});
