/** One's own voice in pieces of ten seconds, each playable by itself: a window that is closed loses the last one. */

import { Loudness } from "../calls/speaking";

const PIECE_MS = 10_000;
/** The next begins a little before one ends: no word is cut. */
const OVERLAP_MS = 150;
const BITS = 24_000;
const LOUD = 0.012;
/** A breath is not the end of speaking. */
const BREATH_MS = 700;
const FORMS = ["audio/webm;codecs=opus", "audio/ogg;codecs=opus", "audio/mp4"];

interface VoicePiece {
  readonly sound: Blob;
  readonly offset: number;
  readonly duration: number;
}

interface Ear {
  /** Milliseconds since the recording began. */
  readonly now: () => number;
  readonly piece: (piece: VoicePiece) => void;
  readonly speaks: (speaks: boolean) => void;
}

export class Voice {
  readonly track: MediaStreamTrack;
  private readonly ear: Ear;
  private readonly loudness: Loudness;
  private current: { readonly recorder: MediaRecorder; readonly ended: Promise<void> } | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private speaks = false;
  private loudAt = Number.NEGATIVE_INFINITY;

  constructor(track: MediaStreamTrack, ear: Ear) {
    this.track = track;
    this.ear = ear;
    this.loudness = new Loudness(track);
    this.next();
  }

  /** Looked at a few times a second. */
  look(): void {
    const at = this.ear.now();
    if (this.track.enabled && this.loudness.value > LOUD) this.loudAt = at;
    const speaks = at - this.loudAt < BREATH_MS;
    if (speaks === this.speaks) return;
    this.speaks = speaks;
    this.ear.speaks(speaks);
  }

  /** The last piece has been handed over when this is done. */
  async stop(): Promise<void> {
    clearTimeout(this.timer);
    this.loudness.close();
    if (this.speaks) this.ear.speaks(false);
    this.speaks = false;
    const { current } = this;
    this.current = null;
    if (current?.recorder.state === "recording") current.recorder.stop();
    await current?.ended;
  }

  private next(): void {
    const before = this.current?.recorder;
    this.current = this.begun();
    if (before !== undefined) setTimeout(() => before.state === "recording" && before.stop(), OVERLAP_MS);
    this.timer = setTimeout(() => this.next(), PIECE_MS);
  }

  private begun() {
    const mimeType = FORMS.find((form) => MediaRecorder.isTypeSupported(form)) ?? "";
    const recorder = new MediaRecorder(new MediaStream([this.track]), { mimeType, audioBitsPerSecond: BITS });
    const offset = Math.max(0, Math.round(this.ear.now()));
    const ended = new Promise<void>((resolve) => {
      recorder.ondataavailable = ({ data }) => {
        const duration = Math.round(this.ear.now()) - offset;
        if (data.size > 0) this.ear.piece({ sound: data, offset, duration });
        resolve();
      };
      recorder.onerror = () => resolve();
    });
    recorder.start();
    return { recorder, ended };
  }
}
