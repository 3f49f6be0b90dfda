/** An RTCPeerConnection that connects to nothing and remembers what it was told. */

class Sender {
  track: MediaStreamTrack | null = null;

  async replaceTrack(track: MediaStreamTrack | null): Promise<void> {
    this.track = track;
  }
}

interface Channel {
  readonly kind: string;
  readonly sender: Sender;
  direction: string;
}

export class FakePeer {
  readonly channels: Channel[] = [];
  readonly candidates: (string | undefined)[] = [];
  config: RTCConfiguration = {};
  connectionState: RTCPeerConnectionState = "new";
  signalingState: RTCSignalingState = "stable";
  localDescription: RTCSessionDescriptionInit | null = null;
  remote: RTCSessionDescriptionInit | null = null;
  refusesCandidates = false;
  restarts = 0;
  readonly iceGatheringState = "complete";
  /** Bytes so far. */
  received = 0;

  get remoteDescription(): RTCSessionDescriptionInit | null {
    return this.remote;
  }

  addTransceiver(trackOrKind: MediaStreamTrack | string, { direction }: { direction: string }): void {
    const kind = typeof trackOrKind === "string" ? trackOrKind : trackOrKind.kind;
    this.channels.push({ kind, sender: new Sender(), direction });
  }

  getTransceivers(): Channel[] {
    return this.channels;
  }

  async setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
    this.remote = description;
    if (this.channels.length === 0)
      for (const kind of ["audio", "video", "video"])
        this.channels.push({ kind, sender: new Sender(), direction: "recvonly" });
  }

  async setLocalDescription(): Promise<void> {
    this.localDescription = { type: this.remote === null ? "offer" : "answer", sdp: "ours" };
  }

  async addIceCandidate({ candidate }: RTCIceCandidateInit): Promise<void> {
    if (this.refusesCandidates) throw new Error("no such line");
    this.candidates.push(candidate);
  }

  getConfiguration(): RTCConfiguration {
    return this.config;
  }

  setConfiguration(config: RTCConfiguration): void {
    this.config = config;
  }

  async getStats(): Promise<Map<string, object>> {
    return new Map([["voice", { type: "inbound-rtp", bytesReceived: this.received }]]);
  }

  close(): void {
    this.connectionState = "closed";
  }

  restartIce(): void {
    this.restarts += 1;
  }
}
