/**
 * The windows and tables that an image brings along, each image its own: PET and MR have another window on every
 * slice, so a viewport keeps which of them is wanted, not its numbers (PS3.3 C.11.2).
 */

import { msg } from "../i18n/translate";
import { type Frame, needsServerWindow } from "../stream/stack";
import type { Window } from "./window";

export interface OwnWindow {
  /** what the file calls it, or "" */
  readonly explanation: string;
  readonly window: Window;
}

const known = new WeakMap<Frame, readonly OwnWindow[]>();

/** One object for each, so that what compares windows by identity finds them equal. */
export function ownWindows(frame: Frame): readonly OwnWindow[] {
  const made = known.get(frame) ?? [...windowsOf(frame), ...tablesOf(frame)];
  known.set(frame, made);
  return made;
}

function windowsOf({ windows }: Frame): OwnWindow[] {
  return windows.map((window) => ({ explanation: window.explanation, window }));
}

/** Tables are applied by the server: the numbers of a window mean nothing to them. */
function tablesOf({ instance }: Frame): OwnWindow[] {
  const names = instance.voi_luts ?? (instance.has_voi_lut ? [""] : []);
  return names.map((explanation, table) => ({
    explanation,
    window: { center: 0, width: 1, function: "LINEAR", table },
  }));
}

/** What a wish for the `choice`-th means for a frame; null: as the image is shown by itself, and where it has no such. */
export function ownWindow(frame: Frame | null, choice: number): Window | null {
  return frame && choice > 0 ? (ownWindows(frame)[choice]?.window ?? null) : null;
}

/** What the table is called through which a frame is seen, as a message or the file's own words; null: through none. */
export function tableName(frame: Frame | null, wished: Window | null): string | null {
  if (!frame) return null;
  const isOwn = wished === null && needsServerWindow(frame, null);
  const table = isOwn ? 0 : wished?.table;
  if (table === undefined) return null;
  return frame.instance.voi_luts?.[table] || msg("Table of the image");
}
