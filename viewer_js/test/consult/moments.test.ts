import { beforeEach, expect, it } from "vitest";
import { dateOf, dateTimeOf, momentTyped, now, timeOf } from "../../src/consult/moments";
import { setLanguage } from "../../src/i18n/translate";

beforeEach(() => setLanguage("vi"));

it("shows Vietnam's time whatever the computer is set to", () => {
  expect(dateOf("2026-01-01T20:30:00Z")).toBe("02/01/2026");
  expect(dateTimeOf("2026-01-01T20:30:00Z")).toContain("03:30");
});

it("knows today by Vietnam's midnight", () => {
  now.value = Date.parse("2026-01-01T18:00:00Z");
  expect(timeOf("2026-01-01T17:30:00Z")).toBe("00:30");
  expect(timeOf("2026-01-01T16:30:00Z")).toContain("01");
  expect(timeOf("2026-01-01T16:30:00Z")).toContain("23:30");
});

it("reads what is typed as Vietnam's time", () => {
  expect(momentTyped("2026-01-02T03:30")).toBe("2026-01-01T20:30:00.000Z");
});
