/** What may not be seen any more leaves the screen and the memory at once, and the person is told why. */

import { effect, signal } from "@preact/signals";
import { ApiError, request } from "../api/http";
import { t } from "../i18n/translate";
import { forgetStudyKey } from "../stream/fetch_frames";
import { type Refusal, refusal } from "../stream/refused";
import type { Workspace } from "./workspace";

/** `link`: a patient's or a guest's; `closed`: the right or the opening ended, the person is still signed in. */
export type Ending = "signed-out" | "closed" | "link";

export class Ended {
  /** why nothing is open here */
  readonly why = signal<Ending | null>(null);
  readonly #workspace: Workspace;
  readonly #asking = new Set<string>();
  /** by key: refused answers that were about one object, so that each is not asked about again */
  readonly #whole = new Set<string>();

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
    refusal.value = null;
  }

  start(): () => void {
    return effect(() => {
      if (refusal.value) void this.#heard(refusal.value);
    });
  }

  async #heard({ studyKey, status }: Refusal): Promise<void> {
    if (this.#asking.has(studyKey) || (status === 404 && this.#whole.has(studyKey))) return;
    this.#asking.add(studyKey);
    const isSignedOut = status === 401;
    if (isSignedOut) this.#endAll();
    else {
      const said = await this.#asked(studyKey);
      if (said === 401) this.#endAll();
      else if (said !== null) this.#end(studyKey);
      else if (status === 404) this.#whole.add(studyKey);
    }
    this.#asking.delete(studyKey);
  }

  /** One object may be missing from a study that is open: its list says which. Null: it is open, or nobody knows. */
  async #asked(studyKey: string): Promise<number | null> {
    try {
      const answer = await request(`/stream/${studyKey}/manifest`, { cache: "no-store" });
      void answer.body?.cancel();
      return null;
    } catch (error) {
      return error instanceof ApiError && !error.passing ? error.status : null;
    }
  }

  #endAll(): void {
    this.why.value = this.#workspace.signsIn ? "signed-out" : "link";
    for (const { key } of this.#workspace.studies.peek()) this.#remove(key);
  }

  /** One of several studies: the others are read on. */
  #end(studyKey: string): void {
    this.why.value = this.#workspace.isStaff ? "closed" : "link";
    this.#remove(studyKey);
    if (this.#workspace.studies.peek().length > 0)
      this.#workspace.notify(t("A study is not open to you any more and was taken off the screen."));
  }

  #remove(studyKey: string): void {
    const workspace = this.#workspace;
    const study = workspace.studies.peek().find(({ key }) => key === studyKey);
    if (!study) return;
    workspace.planes.open.peek()?.leave();
    workspace.sidePanel.value = null;
    workspace.removeStudy(study.id);
    forgetStudyKey(studyKey);
  }
}
