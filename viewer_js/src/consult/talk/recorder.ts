/** One's voice as a sound file: at most three minutes, with its loudness for the eye. */

import { type Signal, signal } from "@preact/signals";
import { microphone } from "../calls/media";
import { Loudness } from "../calls/speaking";
import type { Voice } from "../event_types";

export const LONGEST_S = 180;
const BARS = 48;

const LOOK_MS = 100;
/** Speech close to a microphone; louder is drawn no higher. */
const FULL = 0.25;
const BITS_PER_SECOND = 24_000;
/** What most browsers can play stands first. */
const FORMS = ["audio/mp4;codecs=mp4a.40.2", "audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];

export interface Recorded {
  readonly file: File;
  readonly voice: Voice;
}

export class Recorder {
  readonly seconds: Signal<number> = signal(0);
  /** From 0 to 1, one every tenth of a second. */
  readonly levels: Signal<readonly number[]> = signal([]);
  private readonly track: MediaStreamTrack;
  private readonly machine: MediaRecorder;
  private readonly pieces: Blob[] = [];
  private readonly loudness: Loudness;
  private readonly looking: ReturnType<typeof setInterval>;
  private readonly begun = performance.now();
  private readonly ended: Promise<void>;

  /** Asks for the microphone; rejects when there is none. `full`: the longest time is over. */
  static async begin(full: () => void): Promise<Recorder> {
    return new Recorder(await microphone(), full);
  }

  private constructor(track: MediaStreamTrack, full: () => void) {
    this.track = track;
    this.loudness = new Loudness(track);
    const mimeType = FORMS.find((form) => MediaRecorder.isTypeSupported(form));
    const form = { audioBitsPerSecond: BITS_PER_SECOND, ...(mimeType !== undefined && { mimeType }) };
    this.machine = new MediaRecorder(new MediaStream([track]), form);
    this.machine.ondataavailable = ({ data }) => this.pieces.push(data);
    this.ended = new Promise((resolve) => {
      this.machine.onstop = () => resolve();
    });
    this.machine.start(1_000);
    this.looking = setInterval(() => this.look(full), LOOK_MS);
  }

  async stop(): Promise<Recorded> {
    this.close();
    await this.ended;
    const [type = "audio/webm"] = this.machine.mimeType.split(";");
    const file = new File(this.pieces, `voice.${type.slice("audio/".length)}`, { type });
    const voice = { seconds: Math.round(this.seconds.value), peaks: peaksOf(this.levels.value) };
    return { file, voice };
  }

  /** Nothing of it stays. */
  discard(): void {
    this.close();
  }

  private close(): void {
    clearInterval(this.looking);
    if (this.machine.state !== "inactive") this.machine.stop();
    this.track.stop();
    this.loudness.close();
  }

  private look(full: () => void): void {
    this.seconds.value = Math.min(LONGEST_S, (performance.now() - this.begun) / 1000);
    this.levels.value = [...this.levels.value, Math.min(1, this.loudness.value / FULL)];
    if (this.seconds.value >= LONGEST_S) full();
  }
}

/** The loudest of each stretch, from 0 to 100, in as many steps as are drawn. */
export function peaksOf(levels: readonly number[], bars = BARS): number[] {
  const count = Math.min(bars, levels.length);
  return Array.from({ length: count }, (_, bar) => {
    const stretch = levels.slice(
      Math.floor((bar * levels.length) / count),
      Math.floor(((bar + 1) * levels.length) / count),
    );
    return Math.round(Math.max(...stretch) * 100);
  });
}
