/**
 * A call too large to connect each with each: this window sends once, to a server that passes it on, and has a line
 * from there for each of the others. What is agreed goes by way of our server. A line that carries nothing begins anew.
 */

import { CHANNELS, type Channel, type Line, type Streams, type Tracks } from "./link";

export interface ConferenceNeeds {
  readonly tracks: Tracks;
  readonly ice: () => Promise<RTCIceServer[]>;
  /** The other's description, or null: not now. */
  readonly ask: (wish: string, more: object) => Promise<string | null>;
  readonly changed: () => void;
  readonly connection?: (config: RTCConfiguration) => RTCPeerConnection;
}

const LOOK_MS = 2_000;
/** A line may take so long to come about, or carry nothing, before it is begun anew. */
const PATIENCE_LOOKS = 5;
const GATHER_MS = 1_500;

abstract class JanusLine implements Line {
  peer: RTCPeerConnection;
  streams: Streams = {};
  protected readonly needs: ConferenceNeeds;
  private readonly timer: ReturnType<typeof setInterval>;
  private ended = false;
  private busy = false;
  private waited = 0;

  constructor(needs: ConferenceNeeds) {
    this.needs = needs;
    this.peer = this.made([]);
    this.timer = setInterval(() => void this.look(), LOOK_MS);
  }

  get isConnected(): boolean {
    return this.peer.connectionState === "connected";
  }

  sender(channel: Channel): RTCRtpSender | undefined {
    return this.peer.getTransceivers()[CHANNELS.indexOf(channel)]?.sender;
  }

  receiver(channel: Channel): RTCRtpReceiver | undefined {
    return this.peer.getTransceivers()[CHANNELS.indexOf(channel)]?.receiver;
  }

  close(): void {
    this.ended = true;
    clearInterval(this.timer);
    this.peer.close();
  }

  /** Both descriptions are set; false: not now. */
  protected abstract agree(): Promise<boolean>;
  /** Whether sound or pictures have moved since the last time. */
  protected abstract carries(): Promise<boolean>;

  async begin(): Promise<boolean> {
    if (this.busy || this.ended) return false;
    this.busy = true;
    this.waited = 0;
    try {
      this.peer.close();
      this.streams = {};
      this.peer = this.made(await this.needs.ice());
      if (this.ended) this.peer.close();
      return !this.ended && (await this.agree());
    } catch {
      return false; // the next look begins anew
    } finally {
      this.busy = false;
    }
  }

  private made(iceServers: RTCIceServer[]): RTCPeerConnection {
    const config: RTCConfiguration = { iceServers, bundlePolicy: "max-bundle" };
    const peer = this.needs.connection?.(config) ?? new RTCPeerConnection(config);
    peer.onconnectionstatechange = () => this.needs.changed();
    peer.ontrack = ({ track, transceiver }) => {
      const channel = CHANNELS[peer.getTransceivers().indexOf(transceiver)];
      if (channel !== undefined) this.streams[channel] = new MediaStream([track]);
      this.needs.changed();
    };
    return peer;
  }

  private async look(): Promise<void> {
    if (this.busy) return;
    const isWell = this.isConnected && (await this.carries());
    this.waited = isWell ? 0 : this.waited + 1;
    const refused = this.peer.remoteDescription === null;
    if (refused || this.waited >= PATIENCE_LOOKS) await this.begin();
  }
}

/** What this window sends, once for all. */
export class Publisher extends JanusLine {
  private tracks: Tracks;

  constructor(needs: ConferenceNeeds) {
    super(needs);
    this.tracks = needs.tracks;
  }

  /** Another track, or none, on one of the channels. */
  send(channel: Channel, track: MediaStreamTrack | null): void {
    this.tracks = { ...this.tracks, [channel]: track };
    void this.sender(channel)?.replaceTrack(track);
  }

  protected async agree(): Promise<boolean> {
    const { peer, needs } = this;
    for (const channel of CHANNELS) {
      const kind = channel === "voice" ? "audio" : "video";
      peer.addTransceiver(this.tracks[channel] ?? kind, { direction: "sendonly" });
    }
    await peer.setLocalDescription();
    const sdp = await needs.ask("conference.publish", { sdp: await gathered(peer) });
    if (sdp !== null) await peer.setRemoteDescription({ type: "answer", sdp });
    return sdp !== null;
  }

  protected async carries(): Promise<boolean> {
    return true; // a voice that rests sends as well; whether the way holds the connection knows
  }
}

/** What one of the others sends. */
export class Listener extends JanusLine {
  private readonly to: string;
  private heard = 0;

  constructor(needs: ConferenceNeeds, to: string) {
    super(needs);
    this.to = to;
  }

  protected async agree(): Promise<boolean> {
    const { peer, needs, to } = this;
    const sdp = await needs.ask("conference.hear", { to });
    if (sdp === null) return false;
    await peer.setRemoteDescription({ type: "offer", sdp });
    await peer.setLocalDescription();
    return (await needs.ask("conference.start", { to, sdp: await gathered(peer) })) !== null;
  }

  /** Who began anew sends on a line of their own: this one stays open, and silent. */
  protected async carries(): Promise<boolean> {
    let heard = 0;
    for (const told of (await this.peer.getStats()).values())
      if (told.type === "inbound-rtp") heard += told.bytesReceived;
    const moved = heard !== this.heard;
    this.heard = heard;
    return moved;
  }
}

/** One's own description with the ways found so far: Janus wants them all at once. */
async function gathered(peer: RTCPeerConnection): Promise<string> {
  if (peer.iceGatheringState !== "complete")
    await new Promise<void>((go) => {
      setTimeout(go, GATHER_MS);
      peer.onicegatheringstatechange = () => peer.iceGatheringState === "complete" && go();
    });
  return peer.localDescription?.sdp ?? "";
}
