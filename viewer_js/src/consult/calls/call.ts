/** The call of a room on this screen: one's own sound and pictures, and a link to each of the others. */

import { effect, type Signal, signal } from "@preact/signals";
import { t } from "../../i18n/translate";
import type { Room } from "../room";
import type { Me } from "../wire";
import { type ConferenceNeeds, Listener, Publisher } from "./conference";
import { type Line, Link, type Tracks } from "./link";
import { camera, isSecure, microphone, notSecure, screen, whyNot } from "./media";
import type { Member, PeerWords } from "./news";
import { Speaking } from "./speaking";
import { BEGIN, type Level, limit, type Standing, sampleOf, weigh, worst } from "./thin_line";
import { Voices } from "./voices";

export type Phase = "in" | "joining" | "out";

interface JoinAnswer {
  readonly id: string;
  readonly members: readonly Member[];
  readonly ice: RTCIceServer[];
}

const LINE_MS = 2_000;
const NO_TRACKS = { voice: null, camera: null, screen: null } as const;

export class Call {
  readonly phase: Signal<Phase> = signal("out");
  readonly problem = signal("");
  readonly muted = signal(false);
  /** The person wants to be seen; on a thin line the picture may rest all the same. */
  readonly camera = signal(false);
  readonly screen = signal(false);
  readonly level: Signal<Level> = signal("full");
  /** Changes with every link, so that the tiles look again. */
  readonly turn = signal(0);
  /** As the server said last: while the line to it is broken those who talk go on. */
  readonly members: Signal<readonly Member[]> = signal([]);
  readonly speaking: Speaking;
  id = "";
  tracks: Tracks = NO_TRACKS;
  readonly links = new Map<string, Line>();
  /** In a large call: what this window sends. Else each link sends by itself. */
  private publisher: Publisher | null = null;
  private readonly voices = new Voices();
  private readonly room: Room;
  private servers: RTCIceServer[] = [];
  private standing: Standing = BEGIN;
  private timer: ReturnType<typeof setInterval> | undefined;
  private wasCut = false;

  constructor(room: Room) {
    this.room = room;
    this.speaking = new Speaking(this);
    room.portal.calls.onSignal = ({ from, ...words }) => {
      const link = this.links.get(from);
      if (link instanceof Link) void link.hear(words);
    };
    room.portal.calls.onOut = () => this.stop(t("You joined the call from another window."));
    effect(() => this.reconcile(room.portal.calls.members.value));
    effect(() => this.lineIs(room.portal.line.value));
    window.addEventListener("pagehide", () => this.leave());
  }

  /** Everybody who has been in the room, in the order of coming. */
  get participants(): readonly Me[] {
    return this.room.state.value?.consult.participants ?? [];
  }

  async join(withCamera: boolean): Promise<void> {
    if (this.phase.value !== "out") return;
    if (!isSecure()) {
      this.problem.value = notSecure();
      return;
    }
    this.phase.value = "joining";
    this.problem.value = "";
    try {
      const voice = await microphone();
      const picture = withCamera ? await camera().catch(() => this.withoutCamera()) : null;
      this.tracks = { voice, camera: picture, screen: null };
      this.camera.value = picture !== null;
      this.muted.value = false;
    } catch (error) {
      this.stop(whyNot(error));
      return;
    }
    await this.enter();
  }

  leave(): void {
    if (this.phase.value === "out") return;
    void this.room.portal.ask("call.leave", {});
    this.stop("");
  }

  mute(muted: boolean): void {
    this.muted.value = muted;
    if (this.tracks.voice) this.tracks.voice.enabled = !muted;
    this.tellOthers();
  }

  async showCamera(on: boolean): Promise<void> {
    this.tracks.camera?.stop();
    const track = on ? await this.tried(camera) : null;
    this.put("camera", track);
    this.camera.value = track !== null;
    this.tellOthers();
  }

  async shareScreen(on: boolean): Promise<void> {
    this.tracks.screen?.stop();
    const track = on ? await this.tried(screen) : null;
    // the browser has a button of its own that ends it
    track?.addEventListener("ended", () => void this.shareScreen(false));
    this.put("screen", track);
    this.screen.value = track !== null;
    this.tellOthers();
  }

  /** Another microphone was chosen while the call is on. */
  async renewVoice(): Promise<void> {
    if (this.phase.value !== "in") return;
    const track = await this.tried(microphone);
    if (track === null) return;
    this.tracks.voice?.stop();
    track.enabled = !this.muted.value;
    this.put("voice", track);
    this.voices.renew();
  }

  private async tried(take: () => Promise<MediaStreamTrack | null>): Promise<MediaStreamTrack | null> {
    try {
      this.problem.value = "";
      return await take();
    } catch (error) {
      this.problem.value = whyNot(error);
      return null;
    }
  }

  private withoutCamera(): null {
    this.problem.value = t("Without a camera: the others hear you.");
    return null;
  }

  private put(channel: keyof Tracks, track: MediaStreamTrack | null): void {
    this.tracks = { ...this.tracks, [channel]: track };
    for (const line of this.senders) line.send(channel, track);
    this.limitAll();
    this.turn.value += 1;
  }

  private get senders(): (Link | Publisher)[] {
    if (this.publisher !== null) return [this.publisher];
    return [...this.links.values()].filter((line) => line instanceof Link);
  }

  private get shown() {
    const camera = this.camera.value && (this.level.value === "full" || this.level.value === "small");
    return { muted: this.muted.value, camera, screen: this.screen.value };
  }

  private tellOthers(): void {
    if (this.phase.value === "in") void this.room.portal.ask("call.change", this.shown);
  }

  private async enter(): Promise<void> {
    const answer = await this.room.portal.ask<JoinAnswer>("call.join", this.shown);
    if (answer === null && this.phase.value === "in") {
      this.wasCut = true; // back, but slow
      setTimeout(() => this.lineIs(this.room.portal.line.peek()), LINE_MS);
      return;
    }
    if (answer === null || "error" in answer) {
      this.stop(answer?.error.message ?? t("The line to the server is broken. Try again."));
      return;
    }
    if (this.phase.value === "out") return; // left while the answer was on its way
    this.id = answer.id;
    this.servers = answer.ice;
    this.phase.value = "in";
    this.timer ??= setInterval(() => void this.weighLine(), LINE_MS);
    this.reconcile(answer.members);
  }

  private stop(reason: string): void {
    this.dropAll();
    for (const track of Object.values(this.tracks)) track?.stop();
    clearInterval(this.timer);
    this.timer = undefined;
    this.tracks = NO_TRACKS;
    this.id = "";
    this.standing = BEGIN;
    this.level.value = "full";
    this.camera.value = this.screen.value = this.muted.value = this.wasCut = false;
    this.phase.value = "out";
    this.members.value = [];
    this.problem.value = reason;
  }

  /** The server's list decides who is linked: whoever is not on it is heard no longer. */
  private reconcile(members: readonly Member[]): void {
    const line = this.room.portal.line.peek();
    if (this.id === "" || line !== "open" || !members.some(({ id }) => id === this.id)) return;
    this.members.value = members;
    const others = new Set(members.map(({ id }) => id).filter((id) => id !== this.id));
    for (const id of [...this.links.keys()]) if (!others.has(id)) this.drop(id);
    if (members.some(({ conference }) => conference)) {
      this.publish();
      for (const id of others) if (!this.links.has(id)) this.listen(id);
      return;
    }
    const place = members.findIndex(({ id }) => id === this.id);
    members.forEach(({ id }, at) => {
      if (id !== this.id && !this.links.has(id)) this.link(id, at < place);
    });
  }

  /** The call has grown: what went from window to window ends. */
  private publish(): void {
    if (this.publisher !== null) return;
    this.dropAll();
    this.publisher = new Publisher(this.needs(() => this.limitAll()));
    void this.publisher.begin();
  }

  private listen(id: string): void {
    const listener = new Listener(
      this.needs(() => this.changed(id)),
      id,
    );
    this.links.set(id, listener);
    void listener.begin();
    this.turn.value += 1;
  }

  private needs(changed: () => void): ConferenceNeeds {
    return {
      tracks: this.tracks,
      ice: async () => this.servers,
      ask: async (wish, more) => {
        const answer = await this.room.portal.ask<{ sdp?: string }>(wish, more);
        return answer === null || "error" in answer ? null : (answer.sdp ?? "");
      },
      changed,
    };
  }

  private link(id: string, caller: boolean): void {
    const needs = {
      caller,
      tracks: this.tracks,
      ice: () => this.ice(),
      say: (words: PeerWords) => void this.room.portal.ask("call.signal", { to: id, ...words }),
      changed: () => this.changed(id),
    };
    this.links.set(id, new Link(needs, this.servers));
    this.turn.value += 1;
  }

  private changed(id: string): void {
    this.voices.hear(id, this.links.get(id)?.streams.voice);
    this.limitAll();
    this.turn.value += 1;
  }

  private drop(id: string): void {
    this.links.get(id)?.close();
    this.links.delete(id);
    this.voices.hush(id);
    this.turn.value += 1;
  }

  private dropAll(): void {
    for (const id of [...this.links.keys()]) this.drop(id);
    this.publisher?.close();
    this.publisher = null;
  }

  private async ice(): Promise<RTCIceServer[]> {
    const answer = await this.room.portal.ask<{ ice: RTCIceServer[] }>("call.ice", {});
    if (answer !== null && "ice" in answer) this.servers = answer.ice;
    return this.servers;
  }

  /** Without the server those who talk go on; when it is back, it has forgotten us, and we join anew. */
  private lineIs(line: string): void {
    if (this.phase.peek() !== "in") return;
    if (line === "closed" || line === "signed-out") this.stop(t("The call has ended."));
    else if (line !== "open") this.wasCut = true;
    else if (this.wasCut) {
      this.wasCut = false;
      this.dropAll();
      this.id = "";
      void this.enter();
    }
  }

  private async weighLine(): Promise<void> {
    const links = this.senders.filter(({ isConnected }) => isConnected);
    if (links.length === 0) return;
    const samples = await Promise.all(links.map(({ peer }) => sampleOf(peer)));
    this.standing = weigh(this.standing, worst(samples));
    if (this.standing.level === this.level.value) return;
    this.level.value = this.standing.level;
    this.limitAll();
    this.tellOthers();
  }

  private limitAll(): void {
    for (const line of this.senders)
      void limit(line.sender("camera"), this.level.value, this.publisher !== null).catch(() => undefined); // not agreed yet: asked again
  }
}

const calls = new WeakMap<Room, Call>();

/** The one call of the room, whichever part of the screen asks for it. */
export function callOf(room: Room): Call {
  let call = calls.get(room);
  if (call === undefined) {
    call = new Call(room);
    calls.set(room, call);
  }
  return call;
}
