import type { PageConfig } from "../api/config";

export interface UploadConfig {
  /** an upload that was broken off: what is dropped next continues it */
  current: string | null;
  chunk_bytes: number;
  /** at once; more would only share the same line */
  parallel: number;
}

/** The study list and the upload page; each gives only what it needs. */
export interface StudiesPageConfig extends PageConfig {
  page: "studies" | "uploads";
  upload?: UploadConfig;
}
