import { expect, it } from "vitest";
import { NO_OPINIONS } from "../../../src/consult/opinions/fold";
import { revisionsOf, textsOf, versionOf } from "../../../src/consult/opinions/written";
import { reduce } from "../../../src/consult/state";
import type { RoomState } from "../../../src/consult/wire";
import { emptyRoom, event, MINH } from "../cast";

function told(): RoomState {
  return { ...emptyRoom(), opinions: { ...NO_OPINIONS, written: [] } };
}

const GIVEN = [
  event(1, "answer.given", { question_id: "q1", number: 1, text: "Không." }, MINH),
  event(2, "opinion.given", { text: "Không thấy xuất huyết.", report_id: "r" }, MINH),
  event(3, "opinion.given", { text: "Không thấy xuất huyết.", report_id: "r" }, MINH),
  event(4, "opinion.given", { text: "Có xuất huyết.", report_id: "r", revises: 3 }, MINH),
];

it("keeps every text with who gave it and when, of each question and of the whole apart", () => {
  const state = GIVEN.reduce(reduce, told());
  expect(textsOf(state, "q1").map(({ text }) => text)).toEqual(["Không."]);
  expect(textsOf(state, null).map(({ text }) => text)).toEqual(["Không thấy xuất huyết.", "Có xuất huyết."]);
  expect(textsOf(state, null).at(-1)).toMatchObject({ by: MINH, at: "2026-01-01T00:00:04Z" });
});

it("a form begins from the newest text, also where it says the same again", () => {
  expect(versionOf(told(), null)).toBe(0);
  expect(versionOf(GIVEN.slice(0, 3).reduce(reduce, told()), null)).toBe(3);
  expect(versionOf(GIVEN.reduce(reduce, told()), "q1")).toBe(1);
});

it("only other words in the place of earlier ones are a revision", () => {
  expect(revisionsOf(GIVEN.slice(0, 3).reduce(reduce, told()))).toEqual([]);
  expect(revisionsOf(GIVEN.reduce(reduce, told())).map(({ number }) => number)).toEqual([4]);
});

it("whoever is not told of earlier texts is told of none by the events either", () => {
  const state = GIVEN.reduce(reduce, { ...emptyRoom(), opinions: NO_OPINIONS });
  expect(state.opinions?.written).toBeUndefined();
  expect(state.consult.opinion).toBe("Có xuất huyết.");
});
