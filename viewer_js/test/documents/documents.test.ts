import { beforeAll, describe, expect, it } from "vitest";
import { kindOf } from "../../src/documents/kinds";
import { measuredText, momentText, unitText } from "../../src/documents/report_words";
import { searched, type TagRow } from "../../src/documents/tag_rows";
import {
  curvesOf,
  isTwelveLead,
  leadName,
  rowsSheet,
  twelveLeadSheet,
} from "../../src/documents/waveform_traces";
import { stepOf } from "../../src/export/clip";
import { setLanguage } from "../../src/i18n/translate";
import { instance } from "../manifests";

beforeAll(() => setLanguage("en"));

function code(value: string) {
  return { value, scheme: "UCUM", meaning: value };
}

function base64(values: readonly number[]): string {
  return btoa(String.fromCharCode(...new Uint8Array(new Float32Array(values).buffer)));
}

function channel(name: string, values: readonly number[], unit = "uV") {
  const filters = { low: null, high: null, notch: null };
  return { name, code: null, unit: code(unit), filters, data: base64(values) };
}

describe("what an object is", () => {
  const without = (sop_class_uid: string, reason = "This object has no images.") =>
    kindOf(instance(1, { frames: 0, sop_class_uid, reason }));
  it("is told by its class", () => {
    expect(without("1.2.840.10008.5.1.4.1.1.104.1")).toBe("pdf");
    expect(without("1.2.840.10008.5.1.4.1.1.88.67")).toBe("report");
    expect(without("1.2.840.10008.5.1.4.1.1.9.1.1")).toBe("waveform");
    expect(without("1.2.840.10008.5.1.4.1.1.88.59")).toBeNull();
    expect(kindOf(instance(1))).toBeNull();
  });
  it("is a video where the server says so", () => {
    const reason = "This is a video; it is kept but cannot be shown frame by frame.";
    expect(without("1.2.840.10008.5.1.4.1.1.77.1.1.1", reason)).toBe("video");
  });
});

describe("values in words", () => {
  it("have readable units and as many digits as were sent", () => {
    expect(unitText("mGy.cm")).toBe("mGy·cm");
    expect(unitText("{events}")).toBe("");
    expect(measuredText({ value: { text: "12.4", number: 12.4 }, unit: code("mm") })).toBe("12.4 mm");
    expect(measuredText({ value: { text: "0.0000213", number: 0.0000213 }, unit: code("Gy.m2") })).toBe(
      "0.0000213 Gy·m²",
    );
    expect(measuredText({ qualifier: { value: "114000", scheme: "DCM", meaning: "Not a number" } })).toBe(
      "Not a number",
    );
  });
  it("have days as the reader writes them", () => {
    expect(momentText("20260302081700")).toBe("2 Mar 2026 08:17");
  });
});

describe("the search among attributes", () => {
  const rows: TagRow[] = [
    { depth: 0, tag: "0010,0010", keyword: "PatientName", vr: "PN", value: "NGUYỄN VĂN AN" },
    { depth: 0, tag: "0040,A730", keyword: "ContentSequence", vr: "SQ", items: 1 },
    { depth: 1, item: 1 },
    { depth: 2, tag: "0040,A160", keyword: "TextValue", vr: "UT", value: "khối u" },
    { depth: 2, tag: "0040,A040", keyword: "ValueType", vr: "CS", value: "TEXT" },
  ];
  it("needs no accents and finds a name written apart", () => {
    expect(searched(rows, "nguyen").map(({ tag }) => tag)).toEqual(["0010,0010"]);
    expect(searched(rows, "patient name")).toHaveLength(1);
    expect(searched(rows, "00100010")).toHaveLength(1);
  });
  it("keeps the way to what it found", () => {
    expect(searched(rows, "khoi u").map((row) => row.tag ?? row.item)).toEqual(["0040,A730", 1, "0040,A160"]);
  });
});

describe("curves on paper", () => {
  it("know their lead whatever the machine calls it", () => {
    expect(leadName("Lead aVR (Goldberger)")).toBe("aVR");
    expect(leadName("Lead III")).toBe("III");
    expect(leadName("Pulse")).toBe("Pulse");
  });
  it("lie at 25 mm a second and 10 mm a millivolt", () => {
    const group = { label: "", rate: 100, samples: 200, channels: [channel("Lead II", [0, 1000])] };
    const [curve] = curvesOf(group);
    expect(curve && Array.from(curve.values)).toEqual([0, 1]);
    const sheet = rowsSheet(curve ? [curve] : [], 100, 0, 2);
    expect(sheet.width - 12).toBe(50);
    expect(sheet.traces[0]?.gain).toBe(10);
  });
  it("of twelve leads stand in three rows over the rhythm", () => {
    const names = ["I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6"];
    const channels = names.map((name) => channel(`Lead ${name}`, [0]));
    const curves = curvesOf({ label: "", rate: 500, samples: 5000, channels });
    expect(isTwelveLead(curves)).toBe(true);
    const { traces } = twelveLeadSheet(curves, 500, 0, 10);
    expect(traces).toHaveLength(13);
    const v4 = traces.find(({ curve }) => curve.name === "V4");
    expect([v4?.from, v4?.to]).toEqual([3750, 5000]);
    expect([traces[12]?.curve.name, traces[12]?.to]).toEqual(["II", 5000]);
  });
  it("in other units fill their row", () => {
    const channels = [channel("ABP", [60, 120], "mm[Hg]")];
    const [curve] = curvesOf({ label: "", rate: 100, samples: 2, channels });
    const trace = rowsSheet(curve ? [curve] : [], 100, 0, 1).traces[0];
    expect((trace?.gain ?? 0) * 60).toBeCloseTo(22);
  });
});

describe("a clip", () => {
  it("leaves images out rather than being refused", () => {
    expect(stepOf({ first: 0, last: 199 })).toBe(1);
    expect(stepOf({ first: 0, last: 499 })).toBe(3);
  });
});
