/** Marks changed in another tab or on another machine: asked for again whenever somebody comes back to this one. */

import type { MarkDesk } from "./desk";

/** Until stopped: when the tab is seen again, and when the network is back. */
export function keepFresh(desk: MarkDesk, studyIds: () => readonly string[]): () => void {
  const refresh = () => {
    if (!document.hidden) for (const id of studyIds()) void desk.refresh(id);
  };
  document.addEventListener("visibilitychange", refresh);
  addEventListener("online", refresh);
  return () => {
    document.removeEventListener("visibilitychange", refresh);
    removeEventListener("online", refresh);
  };
}
