/** Which objects without frames the viewer can open, and as what. */

import type { ManifestInstance } from "../api/manifest";
import type { Stack } from "../stream/stack";

export type DocumentKind = "pdf" | "report" | "video" | "waveform";

const PDF = "1.2.840.10008.5.1.4.1.1.104.1";
const REPORTS = "1.2.840.10008.5.1.4.1.1.88.";
/** Its content is a tree as well, but what it says is shown as key images. */
const KEY_OBJECT_SELECTION = "1.2.840.10008.5.1.4.1.1.88.59";
const WAVEFORMS = "1.2.840.10008.5.1.4.1.1.9.";
/** The server's reason (app/archive/facts.py) is all that tells a video from an image that cannot be read. */
const VIDEO_REASON = "This is a video; it is kept but cannot be shown frame by frame.";

export function kindOf(instance: ManifestInstance): DocumentKind | null {
  const sopClass = instance.sop_class_uid ?? "";
  if (instance.frames > 0) return null;
  if (instance.reason === VIDEO_REASON) return "video";
  if (sopClass === PDF) return "pdf";
  if (sopClass.startsWith(WAVEFORMS)) return "waveform";
  return sopClass.startsWith(REPORTS) && sopClass !== KEY_OBJECT_SELECTION ? "report" : null;
}

/** The documents of a series that has nothing but documents. */
export function documentsOf(stack: Stack): ManifestInstance[] {
  return stack.frames.length > 0 ? [] : stack.series.instances.filter((one) => kindOf(one) !== null);
}
