/** What the upload page asks of the server (app/web/uploads.py). */

import { request, requestJson } from "../api/http";

export type FileState =
  | "cancelled"
  | "duplicate"
  | "expanded"
  | "expanding"
  | "expected"
  | "refused"
  | "skipped"
  | "stored";

export interface ServerFile {
  id: string;
  state: FileState;
  /** the offset at which to go on */
  received: number;
}

export interface LeftOutFile {
  name: string;
  state: FileState;
  reason: string;
}

export interface UploadStatus {
  id: string;
  state: "cancelled" | "finished" | "receiving";
  counts: Partial<Record<FileState, number>>;
  left_out: LeftOutFile[];
  study_count: number;
}

export interface FileWish {
  key: string;
  name: string;
  size: number;
}

/** What files that are not DICOM are turned into, and for which study. */
export interface UploadTarget {
  study_id: string;
  title: string;
  shown: string;
}

/** Kept as an interface so that the sender can be tested against a server with a broken line. */
export interface UploadServer {
  open(target?: UploadTarget): Promise<string>;
  announce(upload: string, files: readonly FileWish[], last: boolean): Promise<ServerFile[]>;
  send(upload: string, file: string, offset: number, data: Blob, signal: AbortSignal): Promise<ServerFile>;
  file(upload: string, file: string): Promise<ServerFile>;
  status(upload: string): Promise<UploadStatus>;
  cancel(upload: string): Promise<void>;
}

export function uploadServer(csrf: string): UploadServer {
  const ask = <T>(method: string, address: string, body: unknown = {}) =>
    requestJson<T>(address, { method, csrf, body });
  return {
    open: async (target) => (await ask<{ id: string }>("POST", "/uploads", target ?? {})).id,
    announce: async (upload, files, last) =>
      (await ask<{ files: ServerFile[] }>("POST", `/uploads/${upload}/files`, { files, last })).files,
    send: async (upload, file, offset, data, signal) => {
      const response = await request(`/uploads/${upload}/files/${file}?offset=${offset}`, {
        method: "PUT",
        body: data,
        signal,
        headers: {
          Accept: "application/json",
          "Content-Type": "application/octet-stream",
          "X-CSRF-Token": csrf,
        },
      });
      return (await response.json()) as ServerFile;
    },
    file: (upload, file) => requestJson(`/uploads/${upload}/files/${file}`),
    status: (upload) => requestJson(`/uploads/${upload}/status`),
    cancel: async (upload) => {
      await ask("POST", `/uploads/${upload}/cancel`);
    },
  };
}
