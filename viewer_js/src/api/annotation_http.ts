/** Marks of a study outside any consult, kept by HTTP. */

import type { Annotation } from "../annotations/model";
import type { UnsentMarks } from "../annotations/unsent";
import { requestJson } from "./http";
import type { AnnotationPort } from "./viewer_app";

function address({ study_id, id }: Annotation): string {
  return `/studies/${study_id}/annotations/${id}`;
}

export class HttpAnnotationPort implements AnnotationPort {
  readonly unsent: UnsentMarks;
  readonly #csrf: string;

  constructor(csrf: string, unsent: UnsentMarks) {
    this.unsent = unsent;
    this.#csrf = csrf;
  }

  put(annotation: Annotation): Promise<Annotation> {
    return requestJson(address(annotation), { method: "PUT", csrf: this.#csrf, body: annotation });
  }

  async delete(annotation: Annotation): Promise<void> {
    await requestJson(address(annotation), { method: "DELETE", csrf: this.#csrf });
  }

  async list(studyId: string): Promise<readonly Annotation[]> {
    return (await requestJson<{ annotations: Annotation[] }>(`/studies/${studyId}/annotations`)).annotations;
  }

  /** Nobody else looks on. */
  sketch(): void {}
}
