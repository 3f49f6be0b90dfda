// @vitest-environment happy-dom

import { render } from "preact";
import { act } from "preact/test-utils";
import { expect, it } from "vitest";
import { Returned } from "../../../src/consult/opinions/returned";
import type { Room } from "../../../src/consult/room";
import type { Consult } from "../../../src/consult/wire";
import { setLanguage } from "../../../src/i18n/translate";
import { emptyRoom } from "../cast";

async function shown(change: Partial<Consult>): Promise<string> {
  setLanguage("en");
  const root = document.createElement("div");
  const consult = { ...emptyRoom().consult, ...change };
  await act(() => render(<Returned room={{} as Room} consult={consult} />, root));
  return root.textContent ?? "";
}

it("says why a completed case was opened again, while it is worked on", async () => {
  const reason = "Bệnh nhân đau đầu trở lại.";
  expect(await shown({ state: "in-progress", reason })).toBe(`Opened again${reason}`);
  expect(await shown({ state: "in-progress", reason: null })).toBe("");
  expect(await shown({ state: "cancelled", reason })).toBe("");
});

it("keeps what was mended beside it", async () => {
  const told = await shown({ state: "in-progress", resubmission: "Đã chụp lại.", reason: "Hỏi thêm." });
  expect(told).toBe("Sent againĐã chụp lại.Opened againHỏi thêm.");
});
