/** Keys for what leaves the screen, and for the attributes of what is on it. */

import { fetched } from "../i18n/fetched";
import { msg, t } from "../i18n/translate";
import { togglePanel } from "../ui/panels";
import type { Workspace } from "../viewport/workspace";
import type { Command } from "./commands";

async function printShown(workspace: Workspace): Promise<void> {
  const sheet = await fetched(() => import("../export/print"));
  if (!(await sheet.printShown(workspace))) workspace.notify(t("There is no image to save here."));
}

async function savePicture(workspace: Workspace): Promise<void> {
  const [{ composed }, { fileName, saveCanvas }] = await Promise.all([
    fetched(() => import("../export/compose")),
    import("../export/save"),
  ]);
  const viewport = workspace.active.peek();
  const canvas = await composed(workspace, viewport, { marks: true, patient: true });
  if (canvas) saveCanvas(canvas, "image/png", fileName(viewport, "png"));
  else workspace.notify(t("There is no image to save here."));
}

export const DOCUMENT_COMMANDS: readonly Command[] = [
  {
    keys: ["T"],
    id: "tags",
    name: msg("DICOM attributes"),
    group: "picture",
    run: (w) => {
      if (w.isStaff) togglePanel(w, "tags");
    },
  },
  {
    keys: ["Y"],
    id: "save-picture",
    name: msg("Save this image as PNG"),
    group: "picture",
    run: (w) => void savePicture(w),
  },
  {
    keys: ["P"],
    id: "print",
    name: msg("Print what is shown"),
    group: "picture",
    run: (w) => void printShown(w),
  },
];
