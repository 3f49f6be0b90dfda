// @vitest-environment happy-dom

import { signal } from "@preact/signals";
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Room } from "../../src/consult/room";
import { Panel } from "../../src/consult/room_view";
import { setLanguage } from "../../src/i18n/translate";
import { emptyRoom, LAN } from "./cast";

let root: HTMLElement;

beforeEach(() => {
  setLanguage("en");
  root = document.createElement("div");
  document.body.append(root);
});

afterEach(() => {
  render(null, root);
  root.remove();
});

async function shown(
  line: string,
  roles: readonly string[] = ["specialist"],
  withdrawn = false,
): Promise<string> {
  const room = {
    config: { person: { ...LAN, roles } },
    portal: { line: signal(line) },
    state: signal(emptyRoom()),
    withdrawn: signal(withdrawn),
    live: { following: signal(null) },
  } as unknown as Room;
  await act(() => render(<Panel room={room} root={root} />, root));
  expect(root.querySelectorAll('[role="tab"], textarea')).toHaveLength(0);
  return root.querySelector(".hr-body")?.textContent ?? "";
}

it("who lost the case to a colleague is told so and finds nothing to press", async () => {
  expect(await shown("closed")).toContain("This case is not open to you any more.");
});

it("who is signed out finds the way back", async () => {
  expect(await shown("signed-out")).toContain("You are signed out.");
  expect(root.querySelector('a[href^="/sign-in?next="]')).not.toBeNull();
});

it("a guest is told how the visit ended, and is not asked to sign in or to open a link that opens once", async () => {
  expect(await shown("closed", ["nameless-guest"])).toContain("Your visit has ended.");
  expect(await shown("closed", ["guest"], true)).toContain("The invitation was withdrawn");
  expect(root.querySelector("a")).toBeNull();
});
