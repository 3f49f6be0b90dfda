/** The others' voices. One's own comes from nowhere here, so nobody hears an echo. */

import { chosen } from "./media";

export class Voices {
  private readonly sounds = new Map<string, HTMLAudioElement>();

  hear(id: string, voice: MediaStream | undefined): void {
    if (voice === undefined || this.sounds.get(id)?.srcObject === voice) return;
    this.hush(id);
    const sound = new Audio();
    sound.srcObject = voice;
    through(sound, chosen().speaker);
    void sound.play().catch(() => undefined); // the click on "join" allowed it; a torn link ends it
    this.sounds.set(id, sound);
  }

  hush(id: string): void {
    const sound = this.sounds.get(id);
    if (sound) sound.srcObject = null;
    this.sounds.delete(id);
  }

  /** Another loudspeaker was chosen. */
  renew(): void {
    for (const sound of this.sounds.values()) through(sound, chosen().speaker);
  }
}

/** Through which loudspeaker, where the browser lets one choose. */
function through(sound: HTMLAudioElement, speaker: string): void {
  const choosing = sound as HTMLAudioElement & { setSinkId?: (id: string) => Promise<void> };
  if (speaker) void choosing.setSinkId?.(speaker).catch(() => undefined); // unplugged since: the usual one
}
