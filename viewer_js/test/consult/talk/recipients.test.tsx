// @vitest-environment happy-dom

import { signal } from "@preact/signals";
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Drafts } from "../../../src/consult/drafts";
import type { Room } from "../../../src/consult/room";
import { Carry } from "../../../src/consult/talk/carry";
import { Recipients } from "../../../src/consult/talk/recipients";
import { setLanguage } from "../../../src/i18n/translate";
import { emptyRoom, LAN, MINH, memoryStorage } from "../cast";

const GUEST = { id: "guest", name: "BS. Khách", hospital: "BV Xa" };
const root = document.createElement("div");

beforeEach(() => setLanguage("en"));

afterEach(() => {
  render(null, root);
  vi.unstubAllGlobals();
});

async function offered(answer: () => Promise<Response>, chosen: readonly string[] | null = null) {
  vi.stubGlobal("fetch", vi.fn(answer));
  const carry = new Carry(new Drafts(memoryStorage()));
  carry.recipients = chosen;
  const room = { config: { person: LAN, consult_id: "consult" }, carry, me: signal(LAN) } as unknown as Room;
  const state = emptyRoom();
  const participants = [LAN, MINH, GUEST].map((person) => ({ ...person, side: "consulting" as const }));
  const told = { ...state, consult: { ...state.consult, participants } };
  await act(async () => render(<Recipients room={room} state={told} close={() => undefined} />, root));
  await vi.waitFor(() => expect(root.querySelector("[role=status]")).toBeNull(), 10_000);
  return [...root.querySelectorAll("b")].map(({ textContent }) => textContent);
}

const present = async () => new Response(JSON.stringify({ people: ["lan", "minh"] }));

it("a line for few is offered to those who are still in the case", async () => {
  expect(await offered(present)).toEqual([MINH.name]);
});

it("whoever was chosen before can be taken out again", async () => {
  expect(await offered(present, ["guest"])).toEqual([MINH.name, GUEST.name]);
});

it("off line everybody who has been in the room is offered", async () => {
  expect(await offered(() => Promise.reject(new TypeError("no line")))).toEqual([MINH.name, GUEST.name]);
});
