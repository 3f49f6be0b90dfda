/** Key images, and what is drawn over images. */

import { fetched } from "../i18n/fetched";
import { msg } from "../i18n/translate";
import { needDrawing } from "../objects/asked";
import { togglePanel } from "../ui/panels";
import type { Workspace } from "../viewport/workspace";
import type { Command } from "./commands";

async function desk(workspace: Workspace) {
  needDrawing();
  return (await fetched(() => import("../objects/desk"))).deskOf(workspace);
}

export const OBJECT_COMMANDS: readonly Command[] = [
  {
    keys: ["*"],
    name: msg("Key image, or no longer"),
    group: "images",
    run: (w) => {
      if (w.desk.keeps) void desk(w).then((found) => found.toggleStar());
    },
  },
  {
    keys: ["O"],
    name: msg("Overlays and shutters on or off"),
    group: "picture",
    run: (w) => {
      void desk(w).then((found) => {
        found.planesShown.value = !found.planesShown.peek();
      });
    },
  },
  {
    keys: ["j"],
    name: msg("Key images and objects"),
    group: "images",
    run: (w) => togglePanel(w, "objects"),
  },
];
