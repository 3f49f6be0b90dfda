/** Panels beside the stage, one at a time; each is loaded when it is first opened. */

import type { FunctionComponent } from "preact";
import { msg } from "../i18n/translate";
import type { Workspace } from "../viewport/workspace";

export type PanelComponent = FunctionComponent<{ workspace: Workspace }>;

export interface Panel {
  readonly id: string;
  /** English message: the panel's title */
  readonly name: string;
  load(): Promise<PanelComponent>;
}

/** Add yours: `{ id: "marks", name: msg("Marks"), load: async () => (await import("./marks_panel")).MarksPanel }`. */
export const PANELS: readonly Panel[] = [
  {
    id: "tags",
    name: msg("DICOM attributes"),
    load: async () => (await import("../documents/tags_panel")).TagsPanel,
  },
  { id: "marks", name: msg("Marks"), load: async () => (await import("./marks_panel")).MarksPanel },
  {
    id: "objects",
    name: msg("Key images and objects"),
    load: async () => (await import("./objects_panel")).ObjectsPanel,
  },
  {
    id: "picture",
    name: msg("Picture, size and film"),
    load: async () => (await import("./picture_panel")).PicturePanel,
  },
];

/** A button of the toolbar: opens the panel, or closes it. */
export function togglePanel({ sidePanel }: Workspace, id: string): void {
  sidePanel.value = sidePanel.peek() === id ? null : id;
}
