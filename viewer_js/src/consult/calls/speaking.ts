/** Who speaks just now, and how loud one's own microphone is. */

import { type Signal, signal } from "@preact/signals";
import type { Line } from "./link";

const LOOK_MS = 400;
const LOUD = 0.015;

interface Heard {
  readonly id: string;
  readonly links: ReadonlyMap<string, Line>;
  readonly tracks: { readonly voice: MediaStreamTrack | null };
}

export class Speaking {
  /** Ids of members. */
  readonly now: Signal<ReadonlySet<string>> = signal(new Set<string>());
  private readonly call: Heard;
  private meter: { readonly track: MediaStreamTrack; readonly loudness: Loudness } | null = null;

  constructor(call: Heard) {
    this.call = call;
    setInterval(() => this.look(), LOOK_MS);
  }

  private look(): void {
    const found = new Set<string>();
    for (const [id, link] of this.call.links) {
      const [source] = link.receiver("voice")?.getSynchronizationSources() ?? [];
      if ((source?.audioLevel ?? 0) > LOUD) found.add(id);
    }
    if (this.own() > LOUD) found.add(this.call.id);
    const before = this.now.value;
    if (before.size !== found.size || [...found].some((id) => !before.has(id))) this.now.value = found;
  }

  private own(): number {
    const track = this.call.tracks.voice;
    if (this.meter?.track !== track) {
      this.meter?.loudness.close();
      this.meter = track && { track, loudness: new Loudness(track) };
    }
    return track?.enabled ? (this.meter?.loudness.value ?? 0) : 0;
  }
}

/** How loud a track is: 0 to 1, root mean square of the last samples. */
export class Loudness {
  private readonly context = new AudioContext();
  private readonly analyser = this.context.createAnalyser();
  private readonly samples = new Float32Array(this.analyser.fftSize);

  constructor(track: MediaStreamTrack) {
    this.context.createMediaStreamSource(new MediaStream([track])).connect(this.analyser);
  }

  get value(): number {
    this.analyser.getFloatTimeDomainData(this.samples);
    return Math.sqrt(this.samples.reduce((sum, one) => sum + one * one, 0) / this.samples.length);
  }

  close(): void {
    void this.context.close();
  }
}
