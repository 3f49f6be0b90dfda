/** Commands of marks: going from one to the next, taking back, hiding. */

import { msg } from "../i18n/translate";
import { togglePanel } from "../ui/panels";
import type { Command } from "./commands";

export const MARK_COMMANDS: readonly Command[] = [
  { keys: ["n"], name: msg("Next mark"), group: "marks", run: (w) => w.selectMark(1) },
  { keys: ["N"], name: msg("Previous mark"), group: "marks", run: (w) => w.selectMark(-1) },
  {
    keys: ["Delete", "Backspace"],
    name: msg("Delete the selected mark"),
    group: "marks",
    run: ({ desk }) => {
      const mark = desk.selected.peek();
      if (mark) desk.remove(mark);
    },
  },
  { keys: ["z"], control: true, name: msg("Undo"), group: "marks", run: ({ desk }) => desk.undo() },
  { keys: ["y"], control: true, name: msg("Redo"), group: "marks", run: ({ desk }) => desk.redo() },
  {
    keys: ["H"],
    name: msg("Hide or show all marks"),
    group: "marks",
    run: ({ desk }) => {
      desk.hidden.value = !desk.hidden.peek();
    },
  },
  { keys: ["J"], name: msg("List of marks"), group: "marks", run: (w) => togglePanel(w, "marks") },
];
