// @vitest-environment happy-dom

import { signal } from "@preact/signals";
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, expect, it } from "vitest";
import type { Call } from "../../src/consult/calls/call";
import { Tiles } from "../../src/consult/calls/tiles";
import { PeoplePanel } from "../../src/consult/people_panel";
import type { Room } from "../../src/consult/room";
import type { Me } from "../../src/consult/wire";
import { setLanguage } from "../../src/i18n/translate";
import { emptyRoom } from "./cast";

const NAMES = ["BS. Hoàng Văn Bổng", "BS. Vũ Bình", "BS. Lê Văn Bảo (khách)", "BS. Trần Minh"];
const PEOPLE: Me[] = NAMES.map((name, place) => ({
  id: `p${place}`,
  name,
  hospital: "BV",
  side: "consulting",
}));
const root = document.createElement("div");

afterEach(() => render(null, root));

function marks(): string[] {
  return [...root.querySelectorAll(".initials")].map(({ textContent }) => textContent ?? "");
}

/** The panel of this person; those at the places are in the room. */
async function panel(me: string, here: readonly number[]): Promise<string[]> {
  setLanguage("en");
  const state = emptyRoom();
  const present = here.map((place) => ({ ...PEOPLE[place], since: "2026-01-01T00:00:00Z" }));
  const live = {
    others: present.filter(({ id }) => id !== me),
    people: signal(present),
    following: signal(null),
  };
  const room = {
    config: { person: { id: me } },
    portal: { line: signal("open") },
    state: signal({ ...state, consult: { ...state.consult, participants: PEOPLE } }),
    live,
  } as unknown as Room;
  await act(() => render(<PeoplePanel room={room} />, root));
  return marks();
}

it("people with the same letters are told apart, on every screen alike and whoever is there", async () => {
  expect(await panel("p0", [0, 1])).toEqual(["VB", "VB2", "VB3", "TM"]);
  expect(await panel("p1", [1, 3])).toEqual(["VB2", "TM", "VB", "VB3"]);
});

it("so they are in the call", async () => {
  const members = PEOPLE.map((person) => ({ id: `window ${person.id}`, person, muted: true, camera: false }));
  const call = { members: signal(members), links: new Map(), participants: PEOPLE };
  const silent = { id: "", turn: signal(0), muted: signal(true), camera: signal(false) };
  const speaking = { now: signal(new Set()) };
  await act(() => render(<Tiles call={{ ...call, ...silent, speaking } as unknown as Call} />, root));
  expect(marks()).toEqual(["VB", "VB2", "VB3", "TM"]);
});
