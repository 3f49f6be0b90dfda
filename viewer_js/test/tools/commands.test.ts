import { describe, expect, it } from "vitest";
import { COMMANDS } from "../../src/tools/commands";
import { TOOLS } from "../../src/tools/registry";
import { commandFor } from "../../src/tools/shortcuts";

const press = (key: string, ctrlKey = false) =>
  commandFor({ key, altKey: false, ctrlKey, metaKey: false })?.name;

describe("the keyboard", () => {
  it("has no key with two meanings", () => {
    const keys = COMMANDS.flatMap(({ keys, control }) => keys.map((key) => (control ? "ctrl " : "") + key));
    expect(keys.filter((key, i) => keys.indexOf(key) !== i)).toEqual([]);
  });

  it("chooses every tool", () => {
    for (const { key, name } of TOOLS) expect(press(key)).toBe(name);
  });

  it("works with caps lock, but tells a small letter from a capital with a meaning of its own", () => {
    expect(press("F")).toBe("Fit to the viewport");
    expect([press("n"), press("N")]).toEqual(["Next mark", "Previous mark"]);
  });

  it("leaves the browser's own keys alone", () => {
    expect([press("r", true), press("F5"), press("Tab"), press("c", true)]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(press("z", true)).toBe("Undo");
  });
});
