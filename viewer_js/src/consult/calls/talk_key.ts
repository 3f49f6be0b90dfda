/** Space, held: a muted person is heard while it is down. Elsewhere, and in fields, the key keeps its meaning. */

import type { Call } from "./call";

const FIELDS = "input, textarea, select, button, a, summary, [contenteditable]";

export function talkKey(call: Call): () => void {
  let held = false;
  const down = (event: KeyboardEvent): void => {
    const inField = event.target instanceof Element && event.target.matches(FIELDS);
    if (event.key !== " " || inField || call.phase.value !== "in") return;
    if (!held && !call.muted.value) return;
    event.preventDefault();
    event.stopPropagation();
    if (!held) call.mute(false);
    held = true;
  };
  const up = (event: KeyboardEvent): void => {
    if (event.key === " ") release();
  };
  const release = (): void => {
    if (held && call.phase.value === "in") call.mute(true);
    held = false;
  };
  window.addEventListener("keydown", down, true);
  window.addEventListener("keyup", up, true);
  window.addEventListener("blur", release);
  return () => {
    window.removeEventListener("keydown", down, true);
    window.removeEventListener("keyup", up, true);
    window.removeEventListener("blur", release);
  };
}
