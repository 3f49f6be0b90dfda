/** The upload page: drop or choose, watch, cancel, read what came of it. The page's markup is the server's. */

import { sentenceOf } from "../api/http";
import { formatNumber, t, tn } from "../i18n/translate";
import type { UploadConfig } from "./config";
import { chosenFiles, droppedFiles } from "./dropped_files";
import { type LocalFile, type Progress, Sender } from "./sender";
import {
  type LeftOutFile,
  type UploadServer,
  type UploadStatus,
  type UploadTarget,
  uploadServer,
} from "./upload_api";

const ASK_EVERY_MS = 700;
const MEGABYTE = 1 << 20;

function part<E extends HTMLElement>(root: HTMLElement, name: string): E {
  const found = root.querySelector<E>(`[data-upload-${name}]`);
  if (!found) throw new Error(`the page has no ${name}`);
  return found;
}

const pause = (ms: number) => new Promise<void>((done) => setTimeout(done, ms));

export function startUploadPage(root: HTMLElement, csrf: string, config: UploadConfig): void {
  new UploadPage(root, uploadServer(csrf), config).listen();
}

class UploadPage {
  private readonly root: HTMLElement;
  private readonly server: UploadServer;
  private readonly config: UploadConfig;
  private current: string | null;
  private sender: Sender | null = null;

  constructor(root: HTMLElement, server: UploadServer, config: UploadConfig) {
    this.root = root;
    this.server = server;
    this.config = config;
    this.current = config.current;
  }

  listen(): void {
    const zone = part(this.root, "zone");
    zone.addEventListener("dragover", (event) => {
      event.preventDefault();
      zone.classList.add("over");
    });
    zone.addEventListener("dragleave", () => zone.classList.remove("over"));
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      zone.classList.remove("over");
      if (event.dataTransfer) void droppedFiles(event.dataTransfer).then((files) => this.take(files));
    });
    for (const name of ["files", "folder"]) {
      const input = this.root.querySelector<HTMLInputElement>(`[data-upload-${name}]`);
      if (!input) continue; // files of one study are chosen one by one
      part(this.root, `choose-${name}`).addEventListener("click", () => input.click());
      input.addEventListener("change", () => {
        void this.take(chosenFiles(input));
        input.value = "";
      });
    }
    part(this.root, "cancel").addEventListener("click", () => void this.cancel());
    window.addEventListener("beforeunload", (event) => {
      if (this.sender) event.preventDefault();
    });
  }

  private target(): UploadTarget | undefined {
    if (!this.config.study_id) return undefined;
    return {
      study_id: this.config.study_id,
      title: part<HTMLInputElement>(this.root, "title").value,
      shown: part<HTMLSelectElement>(this.root, "shown").value,
    };
  }

  private async take(files: readonly LocalFile[]): Promise<void> {
    if (files.length === 0 || this.sender) return;
    this.show("sending");
    try {
      this.current ??= await this.server.open(this.target());
      this.sender = new Sender(this.server, this.current, {
        chunkBytes: this.config.chunk_bytes,
        parallel: this.config.parallel,
        onProgress: (progress) => this.progress(progress),
        pause,
      });
      await this.sender.run(files);
      await this.finish(this.current, this.sender);
    } catch (error) {
      this.say(sentenceOf(error));
      this.show("idle");
    }
    this.sender = null;
  }

  /** All bytes are there; a ZIP is still being unpacked. */
  private async finish(upload: string, sender: Sender): Promise<void> {
    let status = await this.status(upload);
    while (status.state === "receiving" && (status.counts.expanding ?? 0) > 0 && !sender.cancelled) {
      this.say(t("Unpacking: {count} images stored so far.", { count: stored(status) }));
      await pause(ASK_EVERY_MS);
      status = await this.status(upload);
    }
    if (status.state !== "receiving") this.current = null;
    this.result(status, sender.refusedHere);
  }

  private async status(upload: string): Promise<UploadStatus> {
    for (;;) {
      try {
        return await this.server.status(upload);
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;
        this.say(t("The line is broken. Sending goes on by itself when it is back."));
        await pause(ASK_EVERY_MS * 3);
      }
    }
  }

  private async cancel(): Promise<void> {
    await this.sender?.cancel().catch((error: unknown) => this.say(sentenceOf(error)));
    this.current = null;
  }

  private progress({ bytes, totalBytes, files, totalFiles, line }: Progress): void {
    const bar = part<HTMLProgressElement>(this.root, "bar");
    bar.max = Math.max(totalBytes, 1);
    bar.value = bytes;
    const counts = t("{files} of {all} files, {bytes} of {all_bytes} MB", {
      files,
      all: totalFiles,
      bytes: formatNumber(bytes / MEGABYTE, 1),
      all_bytes: formatNumber(totalBytes / MEGABYTE, 1),
    });
    const broken = t("The line is broken. Sending goes on by itself when it is back.");
    this.say(line === "broken" ? `${broken} ${counts}` : counts);
  }

  private result(status: UploadStatus, refusedHere: readonly LeftOutFile[]): void {
    const leftOut = [...refusedHere, ...status.left_out];
    part(this.root, "summary").textContent = summaryOf(status, refusedHere.length);
    const list = part(this.root, "left-out");
    list.replaceChildren(...leftOut.map(lineFor));
    part(this.root, "left-out-part").hidden = leftOut.length === 0;
    part(this.root, "to-studies").hidden = status.study_count === 0 && !status.counts.duplicate;
    this.show("done");
    void renewEarlierUploads();
  }

  private say(sentence: string): void {
    part(this.root, "status").textContent = sentence;
  }

  private show(state: "done" | "idle" | "sending"): void {
    this.root.dataset.state = state;
    part(this.root, "progress").hidden = state !== "sending";
    part(this.root, "result").hidden = state !== "done";
    part(this.root, "cancel").hidden = state !== "sending";
    for (const name of ["choose-files", "choose-folder"]) {
      const button = this.root.querySelector<HTMLButtonElement>(`[data-upload-${name}]`);
      if (button) button.disabled = state === "sending";
    }
  }
}

/** The list below, as the server renders it now. */
async function renewEarlierUploads(): Promise<void> {
  const present = document.querySelector("[data-past-uploads]");
  const response = await fetch(window.location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!present || !response?.ok) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const fresh = page.querySelector("[data-past-uploads]");
  if (fresh) present.replaceWith(document.importNode(fresh, true));
}

function stored(status: UploadStatus): number {
  return status.counts.stored ?? 0;
}

function summaryOf(status: UploadStatus, refusedHere: number): string {
  const refused = (status.counts.refused ?? 0) + refusedHere;
  const sentences = [
    t("{count} images stored in {studies} studies.", { count: stored(status), studies: status.study_count }),
  ];
  if (status.state === "cancelled") sentences.unshift(t("Cancelled. What had been stored stays."));
  if (status.counts.duplicate) {
    sentences.push(t("{count} were here already.", { count: status.counts.duplicate }));
  }
  if (refused > 0) sentences.push(tn("{count} file was refused.", "{count} files were refused.", refused));
  return sentences.join(" ");
}

/** Names come from somebody's disk: text nodes only. */
function lineFor(file: LeftOutFile): HTMLElement {
  const line = document.createElement("li");
  const name = document.createElement("b");
  name.textContent = file.name;
  const reason = document.createElement("span");
  reason.textContent = file.reason;
  line.className = file.state;
  line.append(name, reason);
  return line;
}
