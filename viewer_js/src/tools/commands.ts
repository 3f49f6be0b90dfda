/** Every command of the keyboard, in the order of the help page; the toolbar's buttons run the same ones. */

import { msg } from "../i18n/translate";
import { flippedSideways, flippedUpsideDown, rotatedRight } from "../viewport/geometry";
import type { Workspace } from "../viewport/workspace";
import { DOCUMENT_COMMANDS } from "./commands_documents";
import { LAYOUT_COMMANDS } from "./commands_layout";
import { MARK_COMMANDS } from "./commands_marks";
import { OBJECT_COMMANDS } from "./commands_objects";
import { choosePreset, PICTURE_COMMANDS } from "./commands_picture";
import { STREAM_COMMANDS } from "./commands_stream";
import { TOOLS } from "./registry";

export interface Command {
  /** values of KeyboardEvent.key; a capital letter or sign needs no further modifier */
  readonly keys: readonly string[];
  /** by which the person's own key is kept; without it the name in small letters (tools/shortcuts.ts) */
  readonly id?: string;
  /** English message */
  readonly name: string;
  readonly group: "images" | "layout" | "marks" | "picture" | "tools";
  readonly control?: true;
  run(workspace: Workspace): void;
}

const PAGE = 10;

const IMAGES: Command[] = [
  {
    keys: ["ArrowDown", "ArrowRight"],
    name: msg("Next image"),
    group: "images",
    run: (w) => w.active.peek().scrollBy(1),
  },
  {
    keys: ["ArrowUp", "ArrowLeft"],
    name: msg("Previous image"),
    group: "images",
    run: (w) => w.active.peek().scrollBy(-1),
  },
  {
    keys: ["PageDown"],
    name: msg("Ten images on"),
    group: "images",
    run: (w) => w.active.peek().scrollBy(PAGE),
  },
  {
    keys: ["PageUp"],
    name: msg("Ten images back"),
    group: "images",
    run: (w) => w.active.peek().scrollBy(-PAGE),
  },
  { keys: ["Home"], name: msg("First image"), group: "images", run: (w) => w.active.peek().scrollTo(0) },
  {
    keys: ["End"],
    name: msg("Last image"),
    group: "images",
    run: (w) => w.active.peek().scrollTo(Number.MAX_SAFE_INTEGER),
  },
  { keys: ["]"], name: msg("Next series"), group: "images", run: (w) => w.nextStack(1) },
  { keys: ["["], name: msg("Previous series"), group: "images", run: (w) => w.nextStack(-1) },
  { keys: ["\\"], name: msg("Next viewport"), group: "images", run: (w) => w.nextViewport() },
  { keys: [" "], name: msg("Play or stop"), group: "images", run: (w) => w.cine.toggle() },
];

const PICTURE: Command[] = [
  { keys: ["+", "="], name: msg("Zoom in"), group: "picture", run: (w) => w.active.peek().zoomBy(1.25) },
  { keys: ["-", "_"], name: msg("Zoom out"), group: "picture", run: (w) => w.active.peek().zoomBy(0.8) },
  { keys: ["f", "0"], name: msg("Fit to the viewport"), group: "picture", run: (w) => w.active.peek().fit() },
  {
    keys: ["r"],
    name: msg("Rotate right"),
    group: "picture",
    run: (w) => w.active.peek().place(rotatedRight),
  },
  {
    keys: ["h"],
    name: msg("Flip left and right"),
    group: "picture",
    run: (w) => w.active.peek().place(flippedSideways),
  },
  {
    keys: ["v"],
    name: msg("Flip up and down"),
    group: "picture",
    run: (w) => w.active.peek().place(flippedUpsideDown),
  },
  {
    keys: ["i"],
    name: msg("Invert"),
    group: "picture",
    run: (w) => {
      w.active.peek().invert.value = !w.active.peek().invert.peek();
    },
  },
  { keys: ["x"], name: msg("Reset everything"), group: "picture", run: (w) => w.active.peek().reset() },
  ...Array.from(
    { length: 9 },
    (_, i): Command => ({
      keys: [String(i + 1)],
      id: `preset-${i + 1}`,
      name: msg("Window presets 1 to 9"),
      group: "picture",
      run: (w) => choosePreset(w, i),
    }),
  ),
];

const CHOICES: Command[] = TOOLS.map((tool) => ({
  keys: [tool.key],
  id: `tool-${tool.id}`,
  name: tool.name,
  group: "tools",
  run: (w) => w.chooseTool(tool.id),
}));

export const COMMANDS: readonly Command[] = [
  ...CHOICES,
  ...DOCUMENT_COMMANDS,
  ...IMAGES,
  ...STREAM_COMMANDS,
  ...LAYOUT_COMMANDS,
  ...PICTURE,
  ...PICTURE_COMMANDS,
  ...MARK_COMMANDS,
  ...OBJECT_COMMANDS,
];
