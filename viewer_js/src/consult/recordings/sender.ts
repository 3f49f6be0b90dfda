/** Pieces of a recording on their way: in order, again after a broken line, kept here until the server has them. */

import { signal } from "@preact/signals";
import { isBrokenLine, request, sentenceOf } from "../../api/http";

export interface Piece {
  readonly kind: "track" | "voice";
  readonly body: BodyInit;
  /** offset_ms and duration_ms of a voice. */
  readonly times?: Readonly<Record<string, number>>;
}

interface Way {
  /** Address of the recording. */
  readonly root: string;
  readonly csrf: string;
  /** The server does not want it any more: stopped, withdrawn, or the right has ended. */
  readonly refused: (reason: string) => void;
  readonly pause?: (milliseconds: number) => Promise<void>;
}

const PAUSE_MS = 700;
const LONGEST_MS = 8_000;
const sleep = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

export class Sender {
  /** How many pieces wait. */
  readonly waiting = signal(0);
  private readonly way: Way;
  private readonly take = crypto.randomUUID();
  private readonly queue: { readonly address: string; readonly body: BodyInit }[] = [];
  private readonly counts = { track: 0, voice: 0 };
  private going: Promise<void> | null = null;
  private isOver = false;

  constructor(way: Way) {
    this.way = way;
  }

  send({ kind, body, times = {} }: Piece): void {
    if (this.isOver) return;
    const asked = new URLSearchParams(Object.entries(times).map(([name, value]) => [name, String(value)]));
    const address = `${this.way.root}/${kind}/${this.take}/${this.counts[kind]}?${asked}`;
    this.counts[kind] += 1;
    this.queue.push({ address, body });
    this.waiting.value = this.queue.length;
    this.going ??= this.run().finally(() => {
      this.going = null;
    });
  }

  /** Until all is there, or nothing more is wanted. */
  async drained(): Promise<void> {
    await this.going;
  }

  private async run(): Promise<void> {
    for (let failed = 0; this.queue.length > 0 && !this.isOver; ) {
      const [first] = this.queue;
      if (first === undefined) return;
      try {
        await this.put(first.address, first.body);
        this.queue.shift();
        failed = 0;
      } catch (error) {
        failed += 1;
        if (isBrokenLine(error))
          await (this.way.pause ?? sleep)(Math.min(PAUSE_MS * 2 ** failed, LONGEST_MS));
        else this.end(sentenceOf(error));
      }
      this.waiting.value = this.queue.length;
    }
  }

  private put(address: string, body: BodyInit): Promise<Response> {
    const headers = {
      Accept: "application/json",
      "Content-Type": "application/octet-stream",
      "X-CSRF-Token": this.way.csrf,
    };
    return request(address, { method: "PUT", headers, body });
  }

  private end(reason: string): void {
    this.isOver = true;
    this.queue.length = 0;
    this.way.refused(reason);
  }
}
