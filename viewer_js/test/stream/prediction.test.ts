import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { decodePredicted } from "../../src/stream/prediction";
import { type StoredShape, WireError } from "../../src/stream/wire";

interface Case extends StoredShape {
  /** gzip, base64: made by app/render/prediction.py */
  wire: string;
  sha256: string;
}

const GOLDEN = resolve(__dirname, "../../../tests/golden/predicted_coding.json");
const cases: Case[] = JSON.parse(readFileSync(GOLDEN, "utf8"));
const wireOf = ({ wire }: Case) => new Uint8Array(gunzipSync(Buffer.from(wire, "base64")));

describe("values in the coding `predicted`", () => {
  it.each(cases)(
    "come back as the server has them: $columns × $rows, $bits_stored bits, signed $signed",
    (one) => {
      const values = decodePredicted(wireOf(one), one);
      expect(values.length).toBe(one.rows * one.columns);
      const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      expect(createHash("sha256").update(bytes).digest("hex")).toBe(one.sha256);
    },
  );

  it("are refused when cut short, too long or counted wrongly", () => {
    const one = cases[2] as Case;
    const wire = wireOf(one);
    expect(() => decodePredicted(wire.subarray(0, wire.length - 1), one)).toThrow(WireError);
    expect(() => decodePredicted(new Uint8Array([...wire, 0]), one)).toThrow(WireError);
    const wrong = wire.slice();
    wrong[0] = (wrong[0] as number) ^ 1;
    expect(() => decodePredicted(wrong, one)).toThrow(WireError);
  });
});
