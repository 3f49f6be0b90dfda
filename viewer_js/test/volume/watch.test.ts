import { signal } from "@preact/signals";
import { describe, expect, it } from "vitest";
import type { VolumeSession } from "../../src/volume/session";
import { secondOf } from "../../src/volume/watch";

function session(
  last: "curved" | "rendering",
  pictures: readonly (readonly [string, string])[],
): VolumeSession {
  return { last: signal(last), pictures: new Map(pictures) } as unknown as VolumeSession;
}

describe("a second of planes", () => {
  it("counts as full when one of the planes in sight has all its values", () => {
    const now = session("rendering", [
      ["axial", "preview"],
      ["coronal", "full"],
      ["last", "full"],
    ]);
    expect(secondOf(now, ["axial", "coronal", "last"])).toEqual({ shown: 1, full: 1, body: 1 });
    expect(secondOf(now, ["axial"])).toEqual({ shown: 1, full: 0, body: 0 });
    expect(secondOf(now, ["last"])).toEqual({ shown: 0, full: 0, body: 1 });
  });

  it("counts a curved plane as a plane, and nothing before the first picture", () => {
    expect(secondOf(session("curved", [["last", "full"]]), ["last"])).toEqual({ shown: 1, full: 1, body: 0 });
    expect(secondOf(session("rendering", []), ["axial", "last"])).toEqual({ shown: 0, full: 0, body: 0 });
  });
});
