/** Recording in this room, as far as this window takes part. */

import { effect, type Signal, signal } from "@preact/signals";
import { ApiError, sentenceOf } from "../../api/http";
import { t } from "../../i18n/translate";
import { callOf } from "../calls/call";
import { isSecure, microphone, notSecure, whyNot } from "../calls/media";
import type { RecordingData } from "../event_types";
import type { Room } from "../room";
import { Recorder } from "./recorder";

export class Desk {
  readonly recorder: Signal<Recorder | null> = signal(null);
  /** Its last pieces are on their way. */
  readonly finishing = signal(false);
  readonly problem = signal("");
  private readonly room: Room;
  /** Recordings that this very window takes part in; others of the same person do not. */
  private readonly willing = new Set<string>();
  private own: MediaStreamTrack | null = null;

  constructor(room: Room) {
    this.room = room;
    effect(() => this.reconcile(room.state.value?.recordings ?? []));
    effect(() => this.listen());
    window.addEventListener("beforeunload", (event) => {
      if (this.recorder.value !== null) event.preventDefault();
    });
  }

  /** The walk-through begins when its event comes. */
  async startAlone(title: string, withVoice: boolean): Promise<void> {
    if (withVoice) this.own = await ownVoice();
    this.willing.add("mine");
    try {
      await this.room.wish("record", { title });
    } catch (error) {
      this.willing.delete("mine");
      this.release();
      throw error;
    }
  }

  async ask(): Promise<void> {
    const answer = await this.room.portal.ask<{ id: string }>("recording.ask", {});
    if (answer === null) throw new TypeError("line");
    if ("error" in answer) throw new ApiError(409, answer.error.code, answer.error.message);
    this.willing.add(answer.id);
    this.reconcile(this.room.state.value?.recordings ?? []);
  }

  async agree({ id }: RecordingData): Promise<void> {
    this.willing.add(id);
    await this.room.wish("agree", { recording_id: id });
  }

  /** After a reload: what this window shows is kept again, and the voice if there was one. */
  async goOn(recording: RecordingData): Promise<void> {
    if (recording.kind === "walk-through") this.own = await ownVoice().catch(() => null);
    this.willing.add(recording.id);
    this.reconcile(this.room.state.value?.recordings ?? []);
  }

  /** A walk-through is whole when it is handed over; of a talk the others' last pieces come a little later. */
  async stop({ id, kind }: RecordingData): Promise<void> {
    if (kind === "walk-through") await this.finish();
    await this.room.wish("stop", { recording_id: id });
  }

  private reconcile(recordings: readonly RecordingData[]): void {
    const me = this.room.config.person.id;
    const running = recordings.find(
      ({ id, kind, by, state, agreed }) =>
        state === "running" &&
        agreed.includes(me) &&
        (this.willing.has(id) || (kind === "walk-through" && by.id === me && this.willing.has("mine"))),
    );
    const now = this.recorder.peek();
    if (now !== null && running?.id !== now.id) void this.finish();
    else if (now === null && running !== undefined && !this.finishing.peek()) this.begin(running);
  }

  private begin(recording: RecordingData): void {
    this.problem.value = "";
    this.willing.delete("mine");
    this.willing.add(recording.id);
    this.recorder.value = new Recorder(this.room, recording, (reason) => this.refused(reason));
  }

  private async finish(): Promise<void> {
    const recorder = this.recorder.peek();
    if (recorder === null) return;
    this.willing.delete(recorder.id);
    this.finishing.value = true;
    try {
      await recorder.finish();
    } finally {
      this.recorder.value = null;
      this.finishing.value = false;
      this.release();
    }
    this.reconcile(this.room.state.peek()?.recordings ?? []); // another may have begun meanwhile
  }

  /** In a call the voice that the others hear, muted when it is; alone the own microphone. */
  private listen(): void {
    const recorder = this.recorder.value;
    const call = callOf(this.room);
    const calling = call.phase.value === "in" && call.turn.value >= 0 ? call.tracks.voice : null;
    if (recorder !== null && !this.finishing.value) void recorder.hear(calling ?? this.own);
  }

  private refused(reason: string): void {
    this.problem.value = reason;
    void this.finish();
  }

  private release(): void {
    this.own?.stop();
    this.own = null;
  }
}

async function ownVoice(): Promise<MediaStreamTrack> {
  if (!isSecure()) throw new ApiError(0, "not_secure", notSecure());
  try {
    return await microphone();
  } catch (error) {
    if (error instanceof DOMException) throw new ApiError(0, "microphone", whyNot(error));
    throw new ApiError(
      0,
      "microphone",
      sentenceOf(error) || t("The microphone or the camera does not start."),
    );
  }
}

const desks = new WeakMap<Room, Desk>();

export function deskOf(room: Room): Desk {
  let desk = desks.get(room);
  if (desk === undefined) {
    desk = new Desk(room);
    desks.set(room, desk);
  }
  return desk;
}
