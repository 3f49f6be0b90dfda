// @vitest-environment happy-dom

/** Laboratory values are taken back by whoever typed them. */

import { signal } from "@preact/signals";
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, expect, it } from "vitest";
import { filled } from "../../../src/consult/attachments/fold";
import { Labs } from "../../../src/consult/attachments/labs";
import type { LabRow, LabsAdded } from "../../../src/consult/event_types";
import type { Room } from "../../../src/consult/room";
import type { Person } from "../../../src/consult/wire";
import { setLanguage } from "../../../src/i18n/translate";
import { emptyRoom, event, LAN, MINH } from "../cast";

const root = document.createElement("div");
const RANGE = { unit: "g/L", reference: "", flag: "", taken_at: "" } as const;

afterEach(() => render(null, root));

function lab(id: string, name: string): LabRow {
  return { id, name, value: "5", ...RANGE };
}

async function offered(me: Person, mayAdd = true): Promise<(string | null)[]> {
  setLanguage("en");
  const added = (number: number, by: Person, row: LabRow) =>
    event(number, "labs.added", { values: [row] }, by) as LabsAdded;
  const first = filled(emptyRoom(), added(1, LAN, lab("a", "Hb")));
  const labs = filled(first, added(2, MINH, lab("b", "CRP"))).attachments?.labs ?? [];
  const room = { me: signal(me) } as unknown as Room;
  await act(() => render(<Labs room={room} labs={labs} mayAdd={mayAdd} />, root));
  return [...root.querySelectorAll("tbody button")].map((button) => button.getAttribute("aria-label"));
}

it("only one's own values have the x", async () => {
  expect(await offered(LAN)).toEqual(["Remove Hb"]);
  expect(await offered(MINH)).toEqual(["Remove CRP"]);
});

it("nobody's have it where nothing may be changed any more", async () => {
  expect(await offered(LAN, false)).toEqual([]);
});
