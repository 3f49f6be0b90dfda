/** Keys as they stand on a keyboard. */

import { msg, t } from "../i18n/translate";

const NAMES: Record<string, string> = {
  " ": msg("Space"),
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
  ArrowUp: "↑",
  Backspace: "⌫",
  Delete: "Del",
};

/** "Ctrl Z", "Shift M", "↓". */
export function keyText(key: string): string {
  if (key.startsWith("ctrl ")) return `Ctrl ${keyText(key.slice("ctrl ".length))}`;
  if (/^[A-Z]$/.test(key)) return `Shift ${key}`;
  return NAMES[key] ? t(NAMES[key]) : key.length === 1 ? key.toUpperCase() : key;
}
