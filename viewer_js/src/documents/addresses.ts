/** Where the server keeps what belongs to a document (app/stream/documents.py). */

import type { ManifestInstance } from "../api/manifest";
import type { Stack } from "../stream/stack";

type Part = "document" | "report" | "tags" | "waveform";

export function addressOf(
  { studyKey }: Pick<Stack, "studyKey">,
  part: Part,
  { id }: ManifestInstance,
): string {
  return `/stream/${studyKey}/${part}/${id}`;
}
