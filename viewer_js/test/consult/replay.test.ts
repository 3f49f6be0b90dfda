import { expect, it } from "vitest";
import { type StateAnswer, stateOf } from "../../src/consult/server";
import { reduce } from "../../src/consult/state";
import type { ConsultEvent, RoomState } from "../../src/consult/wire";
import recorded from "./replay.json";

interface Recording {
  readonly before: StateAnswer;
  readonly events: readonly ConsultEvent[];
  readonly after: StateAnswer;
}

/**
 * One consult as the server told it to both sides: asked, talked about, marked, held, resumed, answered, concluded,
 * completed and reopened. tests/consults proves the same on the server's side with every kind of event.
 */
const RECORDED = recorded as unknown as Record<"consulting" | "referring", Recording>;

/** `allowed` in an event is what the reader may do when it is read, so only the last one counts. */
function replayed({ before, events }: Recording): RoomState {
  return events.filter(({ number }) => number > before.head).reduce(reduce, stateOf(before));
}

it("the referrer's old state and the events give what a fresh fetch gives", () => {
  expect(replayed(RECORDED.referring)).toEqual(stateOf(RECORDED.referring.after));
});

it("so do the consultant's", () => {
  expect(replayed(RECORDED.consulting)).toEqual(stateOf(RECORDED.consulting.after));
});
