/** Keys of commands: those of the program, and over them those this person has set. */

import { computed } from "@preact/signals";
import { preference } from "../api/preferences";
import { COMMANDS, type Command } from "./commands";

/** Command id -> key ("ctrl z", "K", "F2"), or "" for none; a command that is not named keeps its own keys. */
export type OwnKeys = Readonly<Record<string, string>>;
export type Keymap = ReadonlyMap<string, Command>;

/** What the page itself, every dialog and the marks made by keyboard need. */
const RESERVED = new Set(["?", "/", "Escape", "Enter", "Tab", "Shift", "Control", "Alt", "Meta", "Dead"]);
const LETTER = /^\p{L}$/u;

/** Stays the same from one version to the next; without an id of its own it is made of the English name. */
export function idOf({ id, name }: Command): string {
  return (
    id ??
    name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .slice(0, 60)
  );
}

function ownKeysOf(command: Command): string[] {
  return command.keys.map((key) => (command.control ? `ctrl ${key}` : key));
}

/** A key that somebody has set counts before one that comes with the program. */
export function keymapOf(commands: readonly Command[], own: OwnKeys): Keymap {
  const map = new Map<string, Command>();
  for (const command of commands) {
    const key = own[idOf(command)];
    if (key) map.set(key, command);
  }
  for (const command of commands) {
    if (own[idOf(command)] !== undefined) continue;
    for (const key of ownKeysOf(command)) if (!map.has(key)) map.set(key, command);
  }
  return map;
}

export function keysIn(map: Keymap, command: Command): string[] {
  return [...map].filter(([, known]) => known === command).map(([key]) => key);
}

type Pressed = Pick<KeyboardEvent, "altKey" | "ctrlKey" | "key" | "metaKey"> &
  Partial<Pick<KeyboardEvent, "shiftKey">>;

/** The key as it is kept; null for one that no command may have. */
export function keyOf({ altKey, ctrlKey, key, metaKey, shiftKey }: Pressed): string | null {
  if (altKey || RESERVED.has(key)) return null;
  // half of all programs redo by it: here it would undo once more
  if ((ctrlKey || metaKey) && shiftKey && key.toLowerCase() === "z") return "ctrl y";
  return ctrlKey || metaKey ? `ctrl ${key.toLowerCase()}` : key;
}

/** Which other command has the key now. */
export function conflictOf(map: Keymap, command: Command, key: string): Command | null {
  const holder = map.get(key);
  return holder && holder !== command ? holder : null;
}

/** The command gets the key; whoever had set it for another command has none there. */
export function withKey(own: OwnKeys, command: Command, key: string): OwnKeys {
  const others = Object.entries(own).map(([id, kept]) => [id, key !== "" && kept === key ? "" : kept]);
  return { ...Object.fromEntries(others), [idOf(command)]: key };
}

export function withoutOwn(own: OwnKeys, command: Command): OwnKeys {
  const { [idOf(command)]: _gone, ...rest } = own;
  return rest;
}

const NONE: OwnKeys = {};
let made: { readonly value: Keymap } | null = null;

export function ownKeys() {
  return preference<OwnKeys>("shortcuts", NONE);
}

/** The keys of this person, as a signal. */
export function keymap(): Keymap {
  made ??= computed(() => keymapOf(COMMANDS, ownKeys().value));
  return made.value;
}

/** The key to be told beside a command's name; empty when it has none. */
export function firstKey(id: string): string {
  for (const [key, command] of keymap()) if (idOf(command) === id) return key;
  return "";
}

/** Capital letters without a meaning of their own count as small ones (caps lock). */
export function commandFor(pressed: Pressed): Command | null {
  const key = keyOf(pressed);
  if (key === null) return null;
  const map = keymap();
  return map.get(key) ?? (LETTER.test(key) ? (map.get(key.toLowerCase()) ?? null) : null);
}
