/** Commands of the picture panel's subjects. */

import { msg } from "../i18n/translate";
import { togglePanel } from "../ui/panels";
import { devicePerMillimetre } from "../viewport/true_size";
import { whenValues } from "../viewport/values_wish";
import type { Workspace } from "../viewport/workspace";
import type { Command } from "./commands";
import { pictureHands } from "./picture_hands";

export function choosePreset(workspace: Workspace, index: number): void {
  const viewport = workspace.active.peek();
  pictureHands.use(({ choose, presetsFor }) => {
    const preset = presetsFor(viewport)[index];
    if (preset) choose(viewport, preset);
  });
}

function autoWindow(workspace: Workspace): void {
  const viewport = workspace.active.peek();
  pictureHands.use(({ windowOfImage }) =>
    whenValues(viewport, (picture) => {
      const window = windowOfImage(picture);
      if (window) viewport.window.value = window;
    }),
  );
}

/** A screen that was never measured is measured first: the panel asks for it. */
function trueSize(workspace: Workspace): void {
  if (devicePerMillimetre.peek() === null) workspace.sidePanel.value = "picture";
  else workspace.active.peek().showTrueSize(devicePixelRatio);
}

export const PICTURE_COMMANDS: readonly Command[] = [
  { keys: ["U"], name: msg("Automatic window"), group: "picture", run: autoWindow },
  {
    keys: ["L"],
    name: msg("One image pixel on one of the screen"),
    group: "picture",
    run: (w) => w.active.peek().showPixels(devicePixelRatio),
  },
  { keys: ["V"], name: msg("True size"), group: "picture", run: trueSize },
  {
    keys: ["I"],
    name: msg("Picture, size and film"),
    group: "picture",
    run: (w) => togglePanel(w, "picture"),
  },
];
