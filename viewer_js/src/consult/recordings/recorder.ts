/** This window's part of a recording: its view, its pointer and, where there is one, its person's voice. */

import { requestJson } from "../../api/http";
import type { ImagePointer, Unsubscribe, View } from "../../api/viewer_app";
import type { RecordingData } from "../event_types";
import type { Room } from "../room";
import { Sender } from "./sender";
import { TrackWriter } from "./track";
import { Voice } from "./voice";

/** 15 a second. */
const SAMPLE_MS = 66;
const LOOK_EVERY = 3;
const PIECE_MS = 5_000;
const MOST_LINES = 1_000;
const CLOCK_TRIES = 4;

interface Clock {
  readonly now_ms: number;
}

/** Milliseconds from this window's `performance.now()` to the server's clock; the quickest answer tells best. */
async function clockSkew(address: string): Promise<number> {
  let [best, skew] = [Number.POSITIVE_INFINITY, Date.now() - performance.now()];
  for (let attempt = 0; attempt < CLOCK_TRIES; attempt += 1) {
    const asked = performance.now();
    const answer = await requestJson<Clock>(address).catch(() => null);
    const took = performance.now() - asked;
    if (answer === null || took >= best) continue;
    best = took;
    skew = answer.now_ms - (asked + took / 2);
  }
  return skew;
}

export class Recorder {
  readonly id: string;
  readonly sender: Sender;
  private readonly room: Room;
  private readonly began: number;
  private readonly writer = new TrackWriter();
  private readonly unsubscribe: Unsubscribe[] = [];
  private readonly timers: ReturnType<typeof setInterval>[] = [];
  private skew = Date.now() - performance.now();
  private view: View | null = null;
  private seen: View | null = null;
  /** undefined: it has not moved since the last sample. */
  private pointer: ImagePointer | null | undefined;
  private resting: ImagePointer | null = null;
  private voice: Voice | null = null;
  private turn = 0;

  constructor(room: Room, recording: RecordingData, refused: (reason: string) => void) {
    this.room = room;
    this.id = recording.id;
    this.began = Date.parse(recording.began_at ?? "");
    const { consult_id, csrf } = room.config;
    const root = `/consults/${consult_id}/recordings`;
    this.sender = new Sender({ root: `${root}/${recording.id}`, csrf, refused });
    void clockSkew(`${root}/clock`).then((skew) => {
      this.skew = skew;
      this.begin();
    });
  }

  /** Milliseconds since the recording began, by the server's clock. */
  readonly now = (): number => Math.max(0, performance.now() + this.skew - this.began);

  /** The voice that is kept from now on; null: none. */
  async hear(track: MediaStreamTrack | null): Promise<void> {
    if (this.voice?.track === track) return;
    const before = this.voice;
    this.voice = null;
    await before?.stop();
    if (track === null) return;
    this.voice = new Voice(track, {
      now: this.now,
      piece: ({ sound, offset, duration }) =>
        this.sender.send({ kind: "voice", body: sound, times: { offset_ms: offset, duration_ms: duration } }),
      speaks: (speaks) => this.writer.speak(Math.round(this.now()), speaks),
    });
  }

  /** Nothing more is kept; done when all that was kept is at the server. */
  async finish(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    for (const end of this.unsubscribe) end();
    this.sample();
    await this.hear(null);
    this.flush();
    await this.sender.drained();
  }

  private begin(): void {
    const { viewer } = this.room;
    this.view = viewer.currentView();
    this.unsubscribe.push(
      viewer.onViewChange((view) => {
        this.view = view;
      }),
      viewer.onPointerMove((pointer) => {
        this.pointer = pointer;
      }),
    );
    this.sample();
    this.timers.push(setInterval(() => this.sample(), SAMPLE_MS));
    this.timers.push(setInterval(() => this.flush(), PIECE_MS));
  }

  private sample(): void {
    const at = Math.round(this.now());
    const point = this.pointer === undefined ? this.carried() : this.pointer;
    if (this.view !== null && this.view !== this.seen) this.writer.see(at, this.view);
    this.seen = this.view;
    if (point !== null || this.pointer === null) {
      this.writer.point(at, point);
      this.resting = point;
    }
    this.pointer = undefined;
    this.turn += 1;
    if (this.turn % LOOK_EVERY === 0) this.voice?.look();
    if (this.writer.count >= MOST_LINES) this.flush();
  }

  /** The pointer stays where it is while the images of a series pass under it. */
  private carried(): ImagePointer | null {
    const { resting, seen, view } = this;
    const isOver = resting !== null && resting.sop_instance_uid === seen?.sop_instance_uid;
    if (!isOver || view === null || view.series_instance_uid !== seen.series_instance_uid) return null;
    const isSame = view.sop_instance_uid === resting.sop_instance_uid;
    if (isSame && view.frame_number === resting.frame_number) return null;
    return { ...resting, sop_instance_uid: view.sop_instance_uid, frame_number: view.frame_number };
  }

  /** The next piece begins with the whole view again. */
  private flush(): void {
    const lines = this.writer.take();
    if (lines !== null) this.sender.send({ kind: "track", body: JSON.stringify(lines) });
  }
}
