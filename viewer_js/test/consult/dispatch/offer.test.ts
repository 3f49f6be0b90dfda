import { beforeAll, describe, expect, it } from "vitest";
import { standsBefore } from "../../../src/consult/dispatch/offer";
import type { OfferData } from "../../../src/consult/wire";
import { setLanguage } from "../../../src/i18n/translate";

const OFFER: OfferData = {
  step: 1,
  kind: "person",
  to: "BS. Khoa",
  since: "2026-11-23T06:00:00+00:00",
  until: "2026-11-23T06:15:00+00:00",
};

describe("before whom a case lies", () => {
  beforeAll(() => setLanguage("en"));

  it("names the person, until when, and who comes next", () => {
    expect(standsBefore(OFFER)).toMatch(/BS\. Khoa.*13:15.*on call/);
  });

  it("names a group and then the coordinator", () => {
    expect(standsBefore({ ...OFFER, kind: "group", to: "CĐHA" })).toMatch(/CĐHA.*coordinator/);
  });

  it("has no end when the coordinator was asked", () => {
    expect(standsBefore({ ...OFFER, kind: "coordinator", to: "", until: null })).toContain("coordinator");
  });
});
