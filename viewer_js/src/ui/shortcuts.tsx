/** What every key and gesture does. */

import type { Signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { ViewerOptions } from "../api/viewer_app";
import { msg, t } from "../i18n/translate";
import { COMMANDS, type Command } from "../tools/commands";
import { Icon } from "./icons";

const GROUPS: Record<Command["group"], string> = {
  tools: msg("Tools"),
  images: msg("Images"),
  layout: msg("Viewports"),
  picture: msg("Picture"),
  marks: msg("Marks"),
};

const GESTURES: readonly (readonly [string, string])[] = [
  [msg("Left button, pen or one finger"), msg("the chosen tool")],
  [msg("Wheel"), msg("scroll")],
  [msg("Ctrl and wheel, right button"), msg("zoom")],
  [msg("Middle button"), msg("move")],
  [msg("Two fingers"), msg("zoom and move")],
  [msg("Double click"), msg("fit to the viewport; change a text")],
  [msg("Enter"), msg("begin a mark, place its point, take the next handle")],
  [msg("Arrow keys"), msg("move the point (with Shift ten times as far)")],
  [msg("Esc"), msg("never mind")],
];

export type PageKeys = NonNullable<ViewerOptions["keys"]>;

const KEY_NAMES: Record<string, string> = {
  " ": msg("Space"),
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
  ArrowUp: "↑",
  Backspace: "⌫",
  Delete: "Del",
};

function keyText(key: string, control: true | undefined): string {
  if (control) return `Ctrl ${key.toUpperCase()}`;
  if (/^[A-Z]$/.test(key)) return `Shift ${key}`;
  return KEY_NAMES[key] ? t(KEY_NAMES[key]) : key.length === 1 ? key.toUpperCase() : key;
}

/** One line for each meaning: the nine presets share theirs. */
function linesOf(group: Command["group"]): { name: string; keys: string[] }[] {
  const lines = new Map<string, string[]>();
  for (const command of COMMANDS) {
    if (command.group !== group) continue;
    const keys = lines.get(command.name) ?? [];
    lines.set(command.name, [...keys, ...command.keys.map((key) => keyText(key, command.control))]);
  }
  return [...lines].map(([name, keys]) => ({
    name,
    keys: keys.length > 4 ? [`${keys[0]} … ${keys.at(-1)}`] : keys,
  }));
}

function KeyList({ group }: { group: Command["group"] }) {
  return (
    <section>
      <h3>{t(GROUPS[group])}</h3>
      <dl>
        {linesOf(group).map(({ name, keys }) => (
          <div key={name}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{t(name)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

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
      <div class="hv-keys">
        {(Object.keys(GROUPS) as Command["group"][]).map((group) => (
          <KeyList key={group} group={group} />
        ))}
        <section>
          <h3>{t("Gestures")}</h3>
          <dl>
            {[...GESTURES, ...keys].map(([gesture, effect]) => (
              <div key={gesture}>
                <dt>{t(gesture)}</dt>
                <dd>{t(effect)}</dd>
              </div>
            ))}
          </dl>
        </section>
      </div>
    </dialog>
  );
}
