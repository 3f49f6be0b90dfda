/** Marks changed in another tab or on another machine: asked for again whenever somebody comes back to this one. */

import { effect, type ReadonlySignal, untracked } from "@preact/signals";
import type { MarkDesk } from "./desk";

/** What of the workspace it takes. */
export interface Kept {
  readonly desk: MarkDesk;
  readonly studies: ReadonlySignal<readonly { readonly id: string }[]>;
  readonly store: { readonly line: { readonly broken: ReadonlySignal<boolean> } };
}

/** Until stopped: when the tab is seen again, when the network is back, and when a broken line is whole again. */
export function keepFresh({ desk, studies, store }: Kept): () => void {
  const refresh = () => {
    if (!document.hidden) for (const { id } of studies.peek()) void desk.refresh(id);
  };
  document.addEventListener("visibilitychange", refresh);
  addEventListener("online", refresh);
  let was = false;
  const stop = effect(() => {
    const is = store.line.broken.value || desk.unsaved.value.size > 0;
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
