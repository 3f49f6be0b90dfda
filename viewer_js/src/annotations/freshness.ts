/** Marks changed in another tab or on another machine: asked for again whenever somebody comes back to this one. */

import { effect, untracked } from "@preact/signals";
import type { MarkDesk } from "./desk";

/** Until stopped: when the tab is seen again, when the network is back, and when a broken line is whole again. */
export function keepFresh(
  desk: MarkDesk,
  studyIds: () => readonly string[],
  isBroken: () => boolean,
): () => void {
  const refresh = () => {
    if (!document.hidden) for (const id of studyIds()) void desk.refresh(id);
  };
  document.addEventListener("visibilitychange", refresh);
  addEventListener("online", refresh);
  let was = false;
  const stop = effect(() => {
    const is = isBroken();
    if (was && !is) {
      desk.lineIsBack();
      untracked(refresh);
    }
    was = is;
  });
  return () => {
    stop();
    document.removeEventListener("visibilitychange", refresh);
    removeEventListener("online", refresh);
  };
}
