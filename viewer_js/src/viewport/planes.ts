/** The planes over the viewer, as far as the rest has to know of them: what they show, and how they are told to. */

import { signal } from "@preact/signals";
import type { PlanesView } from "../api/planes_view";
import { fetched } from "../i18n/fetched";
import { t } from "../i18n/translate";
import type { Stack } from "../stream/stack";
import type { Workspace } from "./workspace";

export interface OpenPlanes {
  readonly stackId: string;
  /** reads, for an effect, all that it tells */
  view(): PlanesView;
  show(view: PlanesView): void;
  leave(): void;
}

export class Planes {
  readonly open = signal<OpenPlanes | null>(null);
  /** what changes now was not moved by hand */
  isShowing = false;
  /** the viewer's own element, over which they lie */
  place: HTMLElement | null = null;
  readonly #workspace: Workspace;
  #wanted: { readonly stack: Stack; readonly view: PlanesView } | null = null;
  #isFetching = false;

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  /** Whatever `act` changes was shown, not moved by hand. */
  showing(act: () => void): void {
    const before = this.isShowing;
    this.isShowing = true;
    act();
    this.isShowing = before;
  }

  /** Another's planes, or a line's: opened, changed or left so that the same is seen here. */
  show(stack: Stack, view: PlanesView | null): void {
    const now = this.open.peek();
    this.#wanted = null;
    if (view === null) now?.leave();
    else if (now?.stackId === stack.id) now.show(view);
    else {
      now?.leave();
      this.#wanted = { stack, view };
      void this.#fetch();
    }
  }

  /** What is asked for while the program comes is not lost: the newest is shown. */
  async #fetch(): Promise<void> {
    if (this.#isFetching) return;
    this.#isFetching = true;
    try {
      const { openVolume } = await fetched(() => import("../volume/mode"));
      const [wanted, place] = [this.#wanted, this.place];
      if (wanted && place)
        this.showing(() => openVolume(this.#workspace, wanted.stack, place, { view: wanted.view }));
    } catch {
      this.#workspace.notify(t("The line to the server is broken."));
    } finally {
      this.#isFetching = false;
      this.#wanted = null;
    }
  }
}
