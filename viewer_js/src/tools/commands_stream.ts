/** Commands of the line: full quality of one image, the data saver. */

import { msg } from "../i18n/translate";
import type { Command } from "./commands";

export const STREAM_COMMANDS: readonly Command[] = [
  {
    keys: ["Q"],
    name: msg("Full quality of this image"),
    group: "images",
    run: (w) => {
      const frame = w.active.peek().frame.peek();
      if (frame) w.store.saver.ask(frame);
    },
  },
  {
    keys: ["D"],
    name: msg("Data saver on or off"),
    group: "images",
    run: ({ store: { saver } }) => {
      saver.on.value = !saver.on.peek();
    },
  },
];
