import { expect, it } from "vitest";
import { reduce } from "../../../src/consult/state";
import { emptyRoom, event, LAN } from "../cast";

it("a case sent again is open, and its question has the new words", () => {
  const held = reduce(
    emptyRoom(),
    event(1, "consult.held", {
      consult: { state: "on-hold", reason: null, return_reason: "unclear-question" },
    }),
  );
  expect(held.consult.return_reason).toBe("unclear-question");

  const again = reduce(
    held,
    event(2, "consult.resubmitted", {
      consult: { state: "requested", reason: null, return_reason: null, resubmission: "Viết rõ" },
      questions: [{ id: "q1", text: "Có máu tụ bên trái không?" }],
    }),
  );

  expect(again.consult).toMatchObject({ state: "requested", return_reason: null, resubmission: "Viết rõ" });
  expect(again.consult.questions.map(({ text }) => text)).toEqual([
    "Có máu tụ bên trái không?",
    "Có cần mổ không?",
  ]);
});

it("decision, reminder and outcome are laid over a room that had none; the newer words stand", () => {
  const events = [
    event(1, "decision.recorded", { follows: "partly", text: "Theo dõi" }),
    event(2, "decision.recorded", { follows: "fully", text: "Chuyển tuyến" }),
    event(3, "outcome.wanted", { days: 14 }),
    event(4, "outcome.reported", { agreement: "agree", diagnosis: "Máu tụ", source: "Mổ" }),
  ];
  const { opinions } = events.reduce(reduce, emptyRoom());

  expect(opinions?.decision).toMatchObject({ follows: "fully", text: "Chuyển tuyến", by: LAN });
  expect(opinions?.outcome).toMatchObject({ agreement: "agree", diagnosis: "Máu tụ", by: LAN });
  expect(opinions?.wanted_at).toBe("2026-01-01T00:00:03Z");
});
