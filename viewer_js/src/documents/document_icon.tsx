/** What stands for a document among the series' small pictures. */

import type { Stack } from "../stream/stack";
import { type DocumentKind, documentsOf, kindOf } from "./kinds";
import "./document_icon.css";

const PATHS: Record<DocumentKind | "data", string> = {
  data: "M5 4h14v16H5zM8 9h8M8 12h8M8 15h4",
  pdf: "M6 3h8l5 5v13H6zM14 3v5h5M9 13h7M9 16h7",
  report: "M6 3h8l5 5v13H6zM14 3v5h5M9 12h2M13 12h3M9 15h2M13 15h3M9 18h2M13 18h3",
  video: "M4 5h16v14H4zM10 9l5 3-5 3z",
  waveform: "M2 13h4l2-3 2 3h2l2-9 3 14 2-5h3",
};

export function DocumentIcon({ stack }: { stack: Stack }) {
  const first = documentsOf(stack)[0];
  return (
    <svg class="hv-document-icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[(first && kindOf(first)) ?? "data"]} />
    </svg>
  );
}
