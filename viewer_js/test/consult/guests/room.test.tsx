// @vitest-environment happy-dom

/** A guest is offered, and asks for, nothing that is kept from guests. */

import { signal } from "@preact/signals";
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, expect, it, vi } from "vitest";
import { CasePanel } from "../../../src/consult/case_panel";
import { Drafts } from "../../../src/consult/drafts";
import type { Room } from "../../../src/consult/room";
import { LineText } from "../../../src/consult/talk/line_text";
import { setLanguage } from "../../../src/i18n/translate";
import { emptyRoom, LAN, memoryStorage } from "../cast";

const root = document.createElement("div");
const GUEST = { ...LAN, roles: ["guest"] };
const DOCTOR = { ...LAN, roles: ["referrer"] };

afterEach(() => {
  render(null, root);
  vi.unstubAllGlobals();
});

function roomOf(person: object): Room {
  return {
    config: { person, consult_id: "consult", csrf: "c" },
    me: signal(LAN),
    destroyed: signal(0),
    drafts: new Drafts(memoryStorage()),
  } as unknown as Room;
}

async function shown(person: object): Promise<string> {
  setLanguage("en");
  await act(() => render(<CasePanel room={roomOf(person)} state={emptyRoom()} />, root));
  return root.innerHTML;
}

it("the list of who had which images on the screen", async () => {
  expect(await shown(DOCTOR)).toContain("/consults/consult/reading");
  expect(await shown(GUEST)).not.toContain("/consults/consult/reading");
});

it("the glossary", async () => {
  const fetched = vi.fn(async () => new Response('{"phrases": [], "pins": []}'));
  vi.stubGlobal("fetch", fetched);
  const say = (person: object) =>
    act(() => render(<LineText room={roomOf(person)} text="kính mờ" state={emptyRoom()} />, root));
  await say(GUEST);
  expect(fetched).not.toHaveBeenCalled();
  render(null, root);
  await say(DOCTOR);
  expect(fetched).toHaveBeenCalledOnce();
});
