/** The server says that a study which is open here may not be seen any more, or may mean that: heard by viewport/ended.ts. */

import { signal } from "@preact/signals";
import { ApiError } from "../api/http";

export interface Refusal {
  readonly studyKey: string;
  /** of HTTP; 0: the channel was closed by the server's rule */
  readonly status: number;
}

/** The newest. */
export const refusal = signal<Refusal | null>(null);

const REFUSING = [401, 403, 404];

/** Says so when an answer under /stream/<key>/ was a refusal; the error itself goes its own way. */
export function hearRefusal(studyKey: string, error: unknown): void {
  if (error instanceof ApiError && REFUSING.includes(error.status))
    refusal.value = { studyKey, status: error.status };
}
