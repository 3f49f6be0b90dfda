import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fillGreys, type GreyScale, TABLE_SIZE, type Window } from "../../src/viewport/window";

interface Case {
  scale: GreyScale;
  window: Window;
  stored: number[];
  grey: number[];
}

/** Written by tests/contracts/test_one_grey_level.py: what the server's pipeline draws. */
const GOLDEN = join(import.meta.dirname, "../../../tests/golden/grey_levels.json");
const cases: Case[] = JSON.parse(readFileSync(GOLDEN, "utf8"));

describe("the viewer's table beside the server's pipeline", () => {
  it.each(cases)("differs by at most one level: $window.function $window.center/$window.width", (one) => {
    const table = new Uint8Array(TABLE_SIZE);
    fillGreys(table, one.scale, one.window, 16);
    const worst = one.stored.map((stored, index) => {
      const grey = table[stored & 0xffff] as number;
      return Math.abs(grey - (one.grey[index] as number));
    });
    expect(Math.max(...worst)).toBeLessThanOrEqual(1);
    expect(new Set(one.grey).size).toBeGreaterThan(1);
  });
});
