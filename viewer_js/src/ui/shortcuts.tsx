/** What every key and gesture does; the keys can be set. */

import type { Signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { ViewerOptions } from "../api/viewer_app";
import { msg, t } from "../i18n/translate";
import { Icon } from "./icons";
import { KeyLists } from "./key_lists";

const GESTURES: readonly (readonly [string, string])[] = [
  [msg("Left button, pen or one finger"), msg("the chosen tool")],
  [msg("Wheel"), msg("scroll")],
  [msg("Ctrl and wheel, right button"), msg("zoom")],
  [msg("Middle button"), msg("move")],
  [msg("Shift and moving"), msg("show the same point in the other viewports")],
  [msg("Two fingers"), msg("zoom and move; up and down together scroll while another tool is chosen")],
  [msg("Double click"), msg("enlarge the viewport and back; a single one is fitted; change a text")],
  [msg("Drag a series"), msg("show it in that viewport")],
  [msg("Enter"), msg("begin a mark, place its point, take the next handle")],
  [msg("Arrow keys"), msg("move the point (with Shift ten times as far)")],
  [msg("Esc"), msg("never mind")],
];

export type PageKeys = NonNullable<ViewerOptions["keys"]>;

export function Shortcuts({ open, keys }: { open: Signal<boolean>; keys: PageKeys }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (open.value) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open.value]);
  const close = () => {
    open.value = false;
  };
  return (
    <dialog ref={dialog} class="hv-dialog" aria-label={t("Keys and gestures")} onClose={close}>
      <header>
        <h2>{t("Keys and gestures")}</h2>
        <button type="button" class="hv-button" aria-label={t("Close")} title={t("Close")} onClick={close}>
          <Icon name="close" />
        </button>
      </header>
      {open.value && <KeyLists gestures={[...GESTURES, ...keys]} />}
    </dialog>
  );
}
