/** The voices of a recording, kept in step with its clock. */

import type { VoiceTold } from "./score";

/** More than this apart is heard. */
const DRIFT_S = 0.25;
const AHEAD_MS = 4_000;

interface Playing {
  readonly piece: number;
  readonly sound: HTMLAudioElement;
}

export class Hearing {
  private readonly address: (piece: number) => string;
  private readonly voices: readonly VoiceTold[];
  private readonly sounds = new Map<number, HTMLAudioElement>();
  private readonly playing = new Map<number, Playing>();

  /** `address` of a piece by its place. */
  constructor(voices: readonly VoiceTold[], address: (piece: number) => string) {
    this.voices = voices;
    this.address = address;
  }

  /** Called again and again while it plays, and once when it stops. */
  follow(at: number, isPlaying: boolean, speed: number): void {
    for (const person of new Set(this.voices.map((voice) => voice.person))) {
      const piece = pieceAt(this.voices, person, at);
      this.change(person, piece);
      const now = this.playing.get(person);
      if (now) this.keepStep(now, at, isPlaying, speed);
      const next = pieceAt(this.voices, person, at + AHEAD_MS);
      if (isPlaying && next !== null) this.soundOf(next);
    }
  }

  stop(): void {
    for (const { sound } of this.playing.values()) sound.pause();
  }

  private change(person: number, piece: number | null): void {
    const now = this.playing.get(person);
    if (now?.piece === piece) return;
    now?.sound.pause();
    if (now) this.sounds.delete(now.piece); // fetched again when somebody goes back
    if (piece === null) this.playing.delete(person);
    else this.playing.set(person, { piece, sound: this.soundOf(piece) });
  }

  private keepStep({ piece, sound }: Playing, at: number, isPlaying: boolean, speed: number): void {
    const wanted = (at - (this.voices[piece]?.offset_ms ?? 0)) / 1000;
    if (sound.playbackRate !== speed) sound.playbackRate = speed;
    if (sound.readyState > 0 && !sound.seeking && Math.abs(sound.currentTime - wanted) > DRIFT_S)
      sound.currentTime = wanted;
    if (!isPlaying) sound.pause();
    else if (sound.paused && !sound.ended) void sound.play().catch(() => undefined); // cut off by a jump
  }

  private soundOf(piece: number): HTMLAudioElement {
    let sound = this.sounds.get(piece);
    if (sound === undefined) {
      sound = new Audio(this.address(piece));
      sound.preload = "auto";
      this.sounds.set(piece, sound);
    }
    return sound;
  }
}

/** The newest piece of this person that has begun, while it lasts. */
export function pieceAt(voices: readonly VoiceTold[], person: number, at: number): number | null {
  let found: number | null = null;
  for (const [place, voice] of voices.entries()) {
    const goesOn = at >= voice.offset_ms && at < voice.offset_ms + voice.duration_ms;
    const isNewer = found === null || voice.offset_ms > (voices[found]?.offset_ms ?? 0);
    if (voice.person === person && goesOn && isNewer) found = place;
  }
  return found;
}
