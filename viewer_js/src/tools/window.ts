import { msg } from "../i18n/translate";
import type { Window } from "../viewport/window";
import { stepwise, type Tool } from "./tool";

/** So many CSS pixels double the width or move the centre by one width. */
const SPAN = 320;

function rounded(value: number, width: number): number {
  const digits = width >= 20 ? 0 : 3;
  return Number(value.toFixed(digits));
}

/** To the right wider, downwards brighter values become darker: as on every workstation. */
export function adjusted(window: Window, dx: number, dy: number): Window {
  const pace = Math.max(window.width, 8) / SPAN;
  const smallest = window.function === "LINEAR" ? 1 : 1e-3;
  const width = Math.max(smallest, window.width + dx * pace);
  return { ...window, center: window.center + dy * pace, width };
}

export const window: Tool = {
  id: "window",
  name: msg("Window"),
  key: "w",
  icon: "window",
  cursor: "crosshair",
  makesMarks: false,
  begin({ viewport }, at) {
    let exact = viewport.shownWindow.peek();
    if (!exact) return null;
    return stepwise(at, (dx, dy) => {
      if (!exact || (dx === 0 && dy === 0)) return;
      exact = adjusted(exact, dx, dy);
      const { center, width } = exact;
      const shown = { ...exact, center: rounded(center, width), width: rounded(width, width) };
      viewport.window.value = shown;
    });
  },
};
