import type { PageConfig } from "../api/config";

export interface UploadConfig {
  /** an upload that was broken off: what is dropped next continues it */
  current: string | null;
  /** the study that photos, PDFs and videos become a part of */
  study_id?: string;
  chunk_bytes: number;
  /** at once; more would only share the same line */
  parallel: number;
}

/** The study list and the upload page; each gives only what it needs. */
export interface StudiesPageConfig extends PageConfig {
  page: "studies" | "uploads";
  upload?: UploadConfig;
}
