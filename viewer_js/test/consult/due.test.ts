import { beforeEach, expect, it } from "vitest";
import { dueIn } from "../../src/consult/due";
import { setLanguage } from "../../src/i18n/translate";

const DUE = "2026-01-01T12:00:00Z";

function at(time: string): number {
  return Date.parse(`2026-01-01T${time}Z`);
}

beforeEach(() => setLanguage("en"));

it("says how long is left, calm while there is time", () => {
  expect(dueIn(DUE, at("08:40:00"))).toEqual({ level: "calm", text: "3 h 20 min left" });
  expect(dueIn("2026-01-03T15:00:00Z", at("12:00:00")).text).toBe("2 d 3 h left");
});

it("warns in the last quarter of an hour", () => {
  expect(dueIn(DUE, at("11:50:00"))).toEqual({ level: "soon", text: "10 min left" });
});

it("says how late it is", () => {
  expect(dueIn(DUE, at("13:05:00"))).toEqual({ level: "late", text: "overdue by 1 h 5 min" });
});

it("speaks Vietnamese", () => {
  setLanguage("vi");
  expect(dueIn(DUE, at("11:00:00")).text).toBe("còn 1 giờ 0 phút");
});
