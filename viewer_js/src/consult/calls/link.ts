/**
 * The line to one other member of the call: voice, camera and screen, both ways.
 *
 * Whoever joined later calls: it alone lays out the three channels, so that a track comes and goes without a new
 * agreement. Only a restart of the search for a way needs one; should both begin it at once, the caller's holds
 * ("perfect negotiation", WebRTC 1.0, 10.7).
 */

import type { PeerWords } from "./news";

export const CHANNELS = ["voice", "camera", "screen"] as const;
export type Channel = (typeof CHANNELS)[number];
export type Tracks = { readonly [channel in Channel]: MediaStreamTrack | null };

export type Streams = { [channel in Channel]?: MediaStream };

/** A line that another member is heard and seen by, whatever it goes through. */
export interface Line {
  readonly peer: RTCPeerConnection;
  readonly streams: Streams;
  readonly isConnected: boolean;
  receiver(channel: Channel): RTCRtpReceiver | undefined;
  close(): void;
}

interface LinkNeeds {
  /** This side joined later and calls. */
  readonly caller: boolean;
  readonly tracks: Tracks;
  readonly ice: () => Promise<RTCIceServer[]>;
  readonly say: (words: PeerWords) => void;
  readonly changed: () => void;
  readonly connection?: (config: RTCConfiguration) => RTCPeerConnection;
}

const RETRY_MS = 5_000;

export class Link implements Line {
  readonly peer: RTCPeerConnection;
  readonly streams: Streams = {};
  private readonly needs: LinkNeeds;
  private readonly sent = new Map<Channel, MediaStreamTrack | null>();
  private readonly retry: ReturnType<typeof setInterval>;
  private making = false;
  private ignoring = false;
  private work: Promise<void> = Promise.resolve();
  private tries = 0;

  constructor(needs: LinkNeeds, servers: RTCIceServer[]) {
    this.needs = needs;
    const config: RTCConfiguration = { iceServers: servers, bundlePolicy: "max-bundle" };
    this.peer = needs.connection?.(config) ?? new RTCPeerConnection(config);
    this.listen();
    for (const channel of CHANNELS) this.sent.set(channel, needs.tracks[channel]);
    if (needs.caller) this.layOut();
    this.retry = setInterval(() => void this.lookAgain(), RETRY_MS);
  }

  get isConnected(): boolean {
    return this.peer.connectionState === "connected";
  }

  private get isClosed(): boolean {
    return this.peer.connectionState === "closed";
  }

  /** Another track, or none, on one of the channels. */
  send(channel: Channel, track: MediaStreamTrack | null): void {
    this.sent.set(channel, track);
    void this.sender(channel)?.replaceTrack(track);
  }

  sender(channel: Channel): RTCRtpSender | undefined {
    return this.peer.getTransceivers()[CHANNELS.indexOf(channel)]?.sender;
  }

  receiver(channel: Channel): RTCRtpReceiver | undefined {
    return this.peer.getTransceivers()[CHANNELS.indexOf(channel)]?.receiver;
  }

  /** What the other side says; one after another, because each answers the state the last one left. */
  hear(words: PeerWords): Promise<void> {
    this.work = this.work.then(() => this.take(words)).catch(() => undefined); // the retry begins anew
    return this.work;
  }

  close(): void {
    clearInterval(this.retry);
    this.peer.close();
  }

  private listen(): void {
    const { peer, needs } = this;
    peer.onnegotiationneeded = () => void this.offer();
    peer.onicecandidate = ({ candidate }) => {
      if (candidate !== null) needs.say({ candidate: candidate.toJSON() });
    };
    peer.onconnectionstatechange = () => needs.changed();
    peer.ontrack = ({ track, transceiver }) => {
      const channel = CHANNELS[peer.getTransceivers().indexOf(transceiver)];
      if (channel !== undefined) this.streams[channel] = new MediaStream([track]);
      needs.changed();
    };
  }

  private layOut(): void {
    for (const channel of CHANNELS) {
      const kind = channel === "voice" ? "audio" : "video";
      this.peer.addTransceiver(this.sent.get(channel) ?? kind, { direction: "sendrecv" });
    }
  }

  private async offer(): Promise<void> {
    try {
      this.making = true;
      await this.peer.setLocalDescription();
      this.needs.say({ description: plain(this.peer.localDescription) });
    } catch {
      // the state changed meanwhile: the other's offer is on its way, or the link is closed
    } finally {
      this.making = false;
    }
  }

  private async take({ description, candidate }: PeerWords): Promise<void> {
    if (description) await this.agree(description);
    else if (candidate) await this.peer.addIceCandidate(candidate).catch((error) => this.forgive(error));
  }

  private async agree(description: RTCSessionDescriptionInit): Promise<void> {
    const { peer } = this;
    const meets = description.type === "offer" && (this.making || peer.signalingState !== "stable");
    this.ignoring = this.needs.caller && meets;
    if (this.ignoring) return;
    await peer.setRemoteDescription(description);
    if (description.type !== "offer") return;
    await this.joinChannels();
    await peer.setLocalDescription();
    this.needs.say({ description: plain(peer.localDescription) });
  }

  /** The caller laid the channels out; this side sends on them too. */
  private async joinChannels(): Promise<void> {
    const channels = this.peer.getTransceivers();
    for (const [place, channel] of CHANNELS.entries()) {
      const transceiver = channels[place];
      if (transceiver === undefined) continue;
      transceiver.direction = "sendrecv";
      await transceiver.sender.replaceTrack(this.sent.get(channel) ?? null);
    }
  }

  /** Candidates of an offer that was passed over fit nothing. */
  private forgive(error: unknown): void {
    if (!this.ignoring) throw error;
  }

  /** No way to the other, or none any more: looks for one again, with credentials that have not ended. */
  private async lookAgain(): Promise<void> {
    if (this.isConnected || this.isClosed) {
      this.tries = 0;
      return;
    }
    this.tries += 1;
    // the caller begins; the other side only when the caller seems not to have noticed
    if (!this.needs.caller && (this.tries % 3 !== 0 || this.peer.remoteDescription === null)) return;
    const servers = await this.needs.ice();
    if (this.isClosed) return; // meanwhile
    if (servers.length > 0)
      this.peer.setConfiguration({ ...this.peer.getConfiguration(), iceServers: servers });
    if (this.peer.signalingState === "have-local-offer") {
      // our offer was lost on its way
      this.needs.say({ description: plain(this.peer.localDescription) });
    } else this.peer.restartIce();
  }
}

function plain(description: RTCSessionDescription | null): RTCSessionDescriptionInit | null {
  return description && { type: description.type, sdp: description.sdp };
}
