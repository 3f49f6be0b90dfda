/** Waits for a key and gives it to a command; a key that means something else already is said before it is taken. */

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../i18n/translate";
import type { Command } from "../tools/commands";
import { conflictOf, idOf, keymap, keyOf, ownKeys, withKey, withoutOwn } from "../tools/shortcuts";
import { keyText } from "./key_text";

interface Props {
  command: Command;
  label: string;
  close: () => void;
}

const MODIFIERS = new Set(["Shift", "Control", "Alt", "Meta"]);

export function KeyForm({ command, label, close }: Props) {
  const field = useRef<HTMLButtonElement>(null);
  const wanted = useSignal<string | null>(null);
  const refused = useSignal(false);
  const own = ownKeys();
  useEffect(() => field.current?.focus(), []);
  const holder = wanted.value === null ? null : conflictOf(keymap(), command, wanted.value);
  const take = (key: string) => {
    own.value = withKey(own.peek(), command, key);
    close();
  };
  const onKey = (event: KeyboardEvent) => {
    if (["Tab", "Escape"].includes(event.key) || MODIFIERS.has(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    const key = keyOf(event);
    refused.value = key === null;
    if (key === null) return;
    if (conflictOf(keymap(), command, key)) wanted.value = key;
    else take(key);
  };
  return (
    <span class="hv-key-form">
      <button ref={field} type="button" class="hv-plain hv-key-field" onKeyDown={onKey}>
        {label && `${label}: `}
        {wanted.value === null ? t("Press the new key…") : keyText(wanted.value)}
      </button>
      {holder && wanted.value !== null && (
        <>
          <span role="alert">{t("This key is taken: {name}", { name: t(holder.name) })}</span>
          <button type="button" class="hv-plain" onClick={() => take(wanted.peek() ?? "")}>
            {t("Use it here")}
          </button>
        </>
      )}
      {refused.value && <span role="alert">{t("The page itself needs this key.")}</span>}
      <button type="button" class="hv-plain" onClick={() => take("")}>
        {t("No key")}
      </button>
      {own.value[idOf(command)] !== undefined && (
        <button
          type="button"
          class="hv-plain"
          onClick={() => {
            own.value = withoutOwn(own.peek(), command);
            close();
          }}
        >
          {t("As it came")}
        </button>
      )}
    </span>
  );
}
