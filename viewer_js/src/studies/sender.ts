/** Sends files piece by piece, several at once, and goes on where it was when the line comes back. */

import { ApiError, isAbort, isBrokenLine, sentenceOf } from "../api/http";
import { t } from "../i18n/translate";
import type { FileState, LeftOutFile, ServerFile, UploadServer } from "./upload_api";

export interface LocalFile {
  /** with the folders it lay in */
  name: string;
  file: File;
}

export interface Progress {
  bytes: number;
  totalBytes: number;
  files: number;
  totalFiles: number;
  line: "broken" | "open";
}

export interface SenderOptions {
  chunkBytes: number;
  parallel: number;
  onProgress(progress: Progress): void;
  /** replaced in tests */
  pause(ms: number): Promise<void>;
}

const ANNOUNCED_AT_ONCE = 500;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 15_000;
/** a file at which the server fails so often is told and left, the others go on */
const MOST_FAULTS = 4;

/** The same file after a reload of the page: its place, its length, and when it was last changed. */
export function keyOf({ name, file }: LocalFile): string {
  return `${name}\n${file.size}\n${file.lastModified}`;
}

interface Item {
  local: LocalFile;
  id: string;
  sent: number;
  done: boolean;
}

export class Sender {
  readonly uploadId: string;
  /** Files that a single answer refused; the server's own list has all others. */
  readonly refusedHere: LeftOutFile[] = [];
  private readonly server: UploadServer;
  private readonly options: SenderOptions;
  private readonly stop = new AbortController();
  private items: Item[] = [];
  private waiting: Item[] = [];
  private line: Progress["line"] = "open";

  constructor(server: UploadServer, uploadId: string, options: SenderOptions) {
    this.server = server;
    this.uploadId = uploadId;
    this.options = options;
  }

  /** Resolves when every file is dealt with or the upload was cancelled. */
  async run(files: readonly LocalFile[]): Promise<void> {
    await this.announce(files);
    this.tell();
    this.waiting = this.items.filter((item) => !item.done);
    await Promise.all(Array.from({ length: this.options.parallel }, () => this.work()));
  }

  async cancel(): Promise<void> {
    this.stop.abort();
    await this.server.cancel(this.uploadId);
  }

  get cancelled(): boolean {
    return this.stop.signal.aborted;
  }

  private async announce(files: readonly LocalFile[]): Promise<void> {
    for (let start = 0; start < files.length; start += ANNOUNCED_AT_ONCE) {
      const part = files.slice(start, start + ANNOUNCED_AT_ONCE);
      const last = start + ANNOUNCED_AT_ONCE >= files.length;
      const wishes = part.map((local) => ({ key: keyOf(local), name: local.name, size: local.file.size }));
      const rows = await this.stubborn(() => this.server.announce(this.uploadId, wishes, last));
      part.forEach((local, index) => {
        const row = rows?.[index];
        if (row) this.items.push({ local, id: row.id, sent: row.received, done: isSettled(row.state) });
      });
    }
  }

  private async work(): Promise<void> {
    for (let item = this.waiting.shift(); item && !this.cancelled; item = this.waiting.shift()) {
      try {
        await this.sendFile(item);
      } catch (error) {
        if (isAbort(error)) return;
        this.refusedHere.push({ name: item.local.name, state: "refused", reason: sentenceOf(error) });
      }
      item.done = true;
      item.sent = item.local.file.size;
      this.tell();
    }
  }

  private async sendFile(item: Item): Promise<void> {
    while (!this.cancelled) {
      const state = await this.stubborn(() => this.sendChunk(item));
      if (!state || isSettled(state)) return;
      this.tell();
    }
  }

  private async sendChunk(item: Item): Promise<FileState> {
    const end = Math.min(item.sent + this.options.chunkBytes, item.local.file.size);
    const data = await readPart(item.local.file, item.sent, end);
    const row = await this.server
      .send(this.uploadId, item.id, item.sent, data, this.stop.signal)
      .catch((error: unknown) => this.whereIsIt(item, error));
    item.sent = row.received;
    return row.state;
  }

  /** The server has fewer bytes than we thought: it says where to go on. */
  private async whereIsIt(item: Item, error: unknown): Promise<ServerFile> {
    if (error instanceof ApiError && error.code === "offset") return this.server.file(this.uploadId, item.id);
    throw error;
  }

  /** Tries again as long as only the line is at fault; undefined when the upload was cancelled meanwhile. */
  private async stubborn<T>(act: () => Promise<T>): Promise<T | undefined> {
    let faults = 0;
    for (let pause = FIRST_PAUSE_MS; !this.cancelled; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      try {
        const result = await act();
        this.setLine("open");
        return result;
      } catch (error) {
        if (!isBrokenLine(error)) throw error;
        if (error instanceof ApiError && error.status === 500 && ++faults === MOST_FAULTS) throw error;
      }
      this.setLine("broken");
      await this.options.pause(pause);
    }
    return undefined;
  }

  private setLine(line: Progress["line"]): void {
    if (this.line === line) return;
    this.line = line;
    this.tell();
  }

  private tell(): void {
    this.options.onProgress({
      bytes: this.items.reduce((sum, item) => sum + item.sent, 0),
      totalBytes: this.items.reduce((sum, item) => sum + item.local.file.size, 0),
      files: this.items.filter((item) => item.done).length,
      totalFiles: this.items.length,
      line: this.line,
    });
  }
}

/** Read before it is sent: a file that cannot be read any more must not look like a broken line. */
async function readPart(file: File, start: number, end: number): Promise<Blob> {
  try {
    return new Blob([await file.slice(start, end).arrayBuffer()]);
  } catch {
    throw new ApiError(0, "unreadable", t("The file could not be read. Choose it again."));
  }
}

/** Nothing more is to be sent: dealt with, or whole and waiting for the server to unpack it. */
function isSettled(state: FileState): boolean {
  return state !== "expected";
}
