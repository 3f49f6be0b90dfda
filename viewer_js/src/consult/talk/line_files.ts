/** Files and voices of lines: kept until the server has them, given to it before their line. */

import { type Signal, signal } from "@preact/signals";
import { isAbort, isBrokenLine, sentenceOf } from "../../api/http";
import { msg, t } from "../../i18n/translate";
import { LARGEST, type Sending, sendFile } from "../attachments/upload";
import { newClientId } from "../marks_port";
import type { Answer, LineFile, MessageWish, Wish } from "../outbox";
import { cipherOf } from "../sealing";
import { KeptBytes } from "./kept";

interface Config {
  readonly consult_id: string;
  readonly csrf: string;
  readonly keeping_key: string;
}

const ACCEPTED = new Set(["application/pdf", "image/jpeg", "image/png"]);
const LOST = msg("The file is no longer in this window. Delete the line and add the file again.");
const DROPPED: Answer = { outcome: "refused", reason: "" };

export class LineFiles {
  /** How much of a file is sent, by its key; from 0 to 1. */
  readonly progress: Signal<ReadonlyMap<string, number>> = signal(new Map());
  private readonly config: Config;
  private readonly kept: KeptBytes;
  private readonly upload: typeof sendFile;
  private waiting: ReadonlySet<string>;
  /** key -> id at the server. */
  private readonly given = new Map<string, string>();
  private going: { readonly key: string; readonly sending: Sending } | null = null;

  constructor(
    config: Config,
    wishes: readonly Wish[],
    { kept, upload = sendFile }: { kept?: KeptBytes; upload?: typeof sendFile } = {},
  ) {
    this.config = config;
    this.kept = kept ?? new KeptBytes(cipherOf(config.keeping_key));
    this.upload = upload;
    this.waiting = keysIn(wishes);
  }

  /** Keeps the bytes for a line to come. Rejects with a sentence what the server would not take. */
  async keep(file: File): Promise<LineFile> {
    if (file.size > LARGEST) throw new Error(t("The file is too large. Send at most 20 MB."));
    if (!ACCEPTED.has(file.type) && !file.type.startsWith("audio/"))
      throw new Error(t("Only PDF, JPEG and PNG files can be sent here."));
    const key = newClientId();
    await this.kept.put(key, file);
    return { key, name: file.name, type: file.type, size: file.size };
  }

  /** It was taken off again. */
  forget({ key }: LineFile): void {
    void this.kept.drop(key);
  }

  bytes({ key }: LineFile): Promise<Blob | null> {
    return this.kept.get(key);
  }

  /** The ids of the line's files, once the server has them all; else why not. */
  async give({ files = [], more }: MessageWish): Promise<Answer | { readonly ids: string[] }> {
    const ids: string[] = [];
    for (const file of files) {
      try {
        const id = await this.giveOne(file, more?.recipients ?? null);
        if (id === null) return { outcome: "refused", reason: t(LOST) };
        ids.push(id);
      } catch (error) {
        if (isAbort(error)) return DROPPED;
        if (isBrokenLine(error)) return { outcome: "again" };
        return { outcome: "refused", reason: sentenceOf(error) };
      } finally {
        this.told(file.key, null);
      }
    }
    return this.waitFor(files) ? { ids } : DROPPED;
  }

  /** What left the outbox needs no bytes any more, nor to be sent on. */
  outboxChanged(wishes: readonly Wish[]): void {
    const waiting = keysIn(wishes);
    for (const key of this.waiting) if (!waiting.has(key)) this.drop(key);
    this.waiting = waiting;
  }

  private waitFor(files: readonly LineFile[]): boolean {
    return files.every(({ key }) => this.waiting.has(key));
  }

  private drop(key: string): void {
    if (this.going?.key === key) this.going.sending.cancel();
    this.given.delete(key);
    void this.kept.drop(key);
  }

  private async giveOne(file: LineFile, recipients: readonly string[] | null): Promise<string | null> {
    const known = this.given.get(file.key);
    if (known !== undefined) return known;
    const bytes = await this.kept.get(file.key);
    if (bytes === null) return null;
    const sending = this.upload({
      address: `/consults/${this.config.consult_id}/attachments`,
      csrf: this.config.csrf,
      file: new File([bytes], file.name, { type: file.type }),
      clientId: file.key,
      recipients,
      progress: (share) => this.told(file.key, share),
    });
    this.going = { key: file.key, sending };
    const id = await sending.done;
    this.given.set(file.key, id);
    return id;
  }

  private told(key: string, share: number | null): void {
    const next = new Map(this.progress.value);
    if (share === null) next.delete(key);
    else next.set(key, share);
    this.progress.value = next;
  }
}

function keysIn(wishes: readonly Wish[]): Set<string> {
  const lines = wishes.filter((wish) => wish.kind === "message");
  return new Set(lines.flatMap(({ files = [] }) => files.map(({ key }) => key)));
}
