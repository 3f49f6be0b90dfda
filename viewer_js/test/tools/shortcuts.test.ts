/** Keys set by a person: they count before the program's, no key ever means two things, and ids stay. */

import { expect, it } from "vitest";
import { COMMANDS, type Command } from "../../src/tools/commands";
import { conflictOf, idOf, keymapOf, keyOf, keysIn, withKey, withoutOwn } from "../../src/tools/shortcuts";

function command(name: string, ...keys: string[]): Command {
  return { name, keys, group: "images", run() {} };
}

const FIT = command("Fit to the viewport", "f", "0");
const ZOOM = command("Zoom in", "+");
const ALL = [FIT, ZOOM];

it("every command has an id of its own that the server takes", () => {
  const ids = COMMANDS.map(idOf);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(/^[a-z0-9._-]{1,60}$/);
});

it("a command without an own key keeps the program's", () => {
  expect(keysIn(keymapOf(ALL, {}), FIT)).toEqual(["f", "0"]);
});

it("an own key takes the place of all the program's keys of that command", () => {
  const map = keymapOf(ALL, withKey({}, FIT, "K"));
  expect(keysIn(map, FIT)).toEqual(["K"]);
  expect(map.get("f")).toBeUndefined();
});

it("a key taken from another command is told before, and means only one thing after", () => {
  expect(conflictOf(keymapOf(ALL, {}), ZOOM, "f")).toBe(FIT);
  expect(conflictOf(keymapOf(ALL, {}), FIT, "f")).toBeNull();
  const map = keymapOf(ALL, withKey({}, ZOOM, "f"));
  expect(map.get("f")).toBe(ZOOM);
  expect(keysIn(map, FIT)).toEqual(["0"]);
});

it("two own keys alike: the second takes it from the first", () => {
  const own = withKey(withKey({}, ZOOM, "k"), FIT, "k");
  expect(own).toEqual({ "zoom-in": "", "fit-to-the-viewport": "k" });
  expect(keysIn(keymapOf(ALL, own), ZOOM)).toEqual([]);
  expect(withoutOwn(own, ZOOM)).toEqual({ "fit-to-the-viewport": "k" });
});

it("keys that the page itself needs are no command's", () => {
  const press = (key: string, more = {}) =>
    keyOf({ key, altKey: false, ctrlKey: false, metaKey: false, ...more });
  expect([press("?"), press("Tab"), press("Escape"), press("a", { altKey: true })]).toEqual([
    null,
    null,
    null,
    null,
  ]);
  expect([press("K"), press("k", { ctrlKey: true })]).toEqual(["K", "ctrl k"]);
});
