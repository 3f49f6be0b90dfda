/** Other studies of the patient: listed, opened beside when asked for or when the hanging rule says so. */

import { signal } from "@preact/signals";
import type { Annotation } from "../annotations/model";
import type { StudyConfig } from "../api/config";
import { requestJson } from "../api/http";
import type { Stack } from "../stream/stack";
import type { Prior } from "./hanging";

type Opened = StudyConfig & { readonly annotations: readonly Annotation[] };

export class Priors {
  /** null: not asked yet, or this person has none to be asked for */
  readonly list = signal<readonly Prior[] | null>(null);
  /** ids of those that stand beside */
  readonly opened = signal<ReadonlySet<string>>(new Set());
  readonly opening = signal<string | null>(null);
  readonly #csrf: string;
  #studyId = "";

  constructor(csrf: string) {
    this.#csrf = csrf;
  }

  async load(studyId: string): Promise<readonly Prior[]> {
    this.#studyId = studyId;
    const { priors } = await requestJson<{ priors: Prior[] }>(`/studies/${studyId}/priors`);
    this.list.value = priors;
    return priors;
  }

  /** Puts the opening on record; the study with its key, for the workspace to add. */
  async open(id: string): Promise<Opened> {
    this.opening.value = id;
    try {
      const address = `/studies/${this.#studyId}/priors/${id}`;
      const opened = await requestJson<Opened>(address, { method: "POST", csrf: this.#csrf, body: {} });
      this.opened.value = new Set([...this.opened.peek(), id]);
      return opened;
    } finally {
      this.opening.value = null;
    }
  }

  closed(id: string): void {
    this.opened.value = new Set([...this.opened.peek()].filter((one) => one !== id));
  }
}

/** The series of an earlier study to be seen beside one of today: of the same name, else of the same kind. */
export function counterpart(stacks: readonly Stack[], now: Stack | null): Stack | null {
  const pictures = stacks.filter(({ frames }) => frames.length > 0);
  const same = (of: (stack: Stack) => string) =>
    now && pictures.find((stack) => of(stack) !== "" && of(stack) === of(now));
  return (
    same(({ series }) => series.description.toUpperCase()) ||
    same(({ series }) => series.modality) ||
    (pictures[0] ?? null)
  );
}
