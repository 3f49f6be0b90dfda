// @vitest-environment happy-dom

import { render } from "preact";
import { act } from "preact/test-utils";
import { expect, it } from "vitest";
import { NO_OPINIONS } from "../../../src/consult/opinions/fold";
import { Revised } from "../../../src/consult/opinions/revised";
import { setLanguage } from "../../../src/i18n/translate";
import { emptyRoom, LAN, MINH } from "../cast";

async function shown(texts: readonly string[]): Promise<HTMLElement> {
  setLanguage("en");
  const root = document.createElement("div");
  const written = texts.map((text, index) => ({
    question_id: null,
    text,
    number: index + 1,
    by: index === 0 ? LAN : MINH,
    at: `2026-01-0${index + 1}T01:00:00Z`,
  }));
  const state = { ...emptyRoom(), opinions: { ...NO_OPINIONS, written } };
  await act(() => render(<Revised state={state} questionId={null} />, root));
  return root;
}

it("says when and by whom an opinion was revised, and what it said before", async () => {
  const root = await shown(["Không thấy xuất huyết.", "Có xuất huyết."]);
  expect(root.querySelector("summary")?.textContent).toBe(`Revised 02 Jan 2026, 08:00, ${MINH.name}`);
  expect(root.querySelector(".hr-given")?.textContent).toBe("Không thấy xuất huyết.");
  expect(root.querySelector("small")?.textContent).toContain(LAN.name);
});

it("says nothing of an opinion that was given once, or again in the same words", async () => {
  expect((await shown(["Không."])).textContent).toBe("");
  expect((await shown(["Không.", "Không."])).textContent).toBe("");
});
