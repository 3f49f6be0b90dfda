import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Link } from "../../../src/consult/calls/link";
import type { PeerWords } from "../../../src/consult/calls/news";
import { FakePeer } from "./peer_double";

const TRACKS = { voice: null, camera: null, screen: null };
const OFFER = { type: "offer", sdp: "theirs" } as const;

let said: PeerWords[];
let peer: FakePeer;

function link(caller: boolean): Link {
  peer = new FakePeer();
  const needs = {
    caller,
    tracks: TRACKS,
    ice: async () => [{ urls: "turn:new" }],
    say: (words: PeerWords) => void said.push(words),
    changed: () => undefined,
    connection: () => peer as unknown as RTCPeerConnection,
  };
  return new Link(needs, []);
}

beforeEach(() => {
  said = [];
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe("a link", () => {
  it("is laid out by the caller alone: voice, camera, screen", () => {
    link(true);
    expect(peer.channels.map(({ kind }) => kind)).toEqual(["audio", "video", "video"]);
    link(false);
    expect(peer.channels).toEqual([]);
  });

  it("answers an offer on all three channels", async () => {
    const called = link(false);
    await called.hear({ description: OFFER });
    expect(peer.channels.map(({ direction }) => direction)).toEqual(["sendrecv", "sendrecv", "sendrecv"]);
    expect(said).toEqual([{ description: { type: "answer", sdp: "ours" } }]);
  });

  it("of two offers that meet keeps the caller's", async () => {
    const caller = link(true);
    peer.signalingState = "have-local-offer";
    await caller.hear({ description: OFFER });
    expect(peer.remote).toBeNull();
    const called = link(false);
    peer.signalingState = "have-local-offer";
    await called.hear({ description: OFFER });
    expect(peer.remote).toEqual(OFFER);
  });

  it("passes over candidates of an offer that it passed over, and goes on", async () => {
    const caller = link(true);
    peer.signalingState = "have-local-offer";
    peer.refusesCandidates = true;
    await caller.hear({ description: OFFER });
    await caller.hear({ candidate: { candidate: "x" } });
    peer.refusesCandidates = false;
    await caller.hear({ candidate: { candidate: "y" } });
    expect(peer.candidates).toEqual(["y"]);
  });

  it("sends another track without a new agreement", () => {
    const caller = link(true);
    caller.send("camera", { kind: "video" } as MediaStreamTrack);
    expect(peer.channels[1]?.sender.track).toEqual({ kind: "video" });
    expect(said).toEqual([]);
  });

  it("looks for a way again, with fresh credentials, as long as there is none", async () => {
    link(true);
    peer.connectionState = "failed";
    await vi.advanceTimersByTimeAsync(5_100);
    expect(peer.restarts).toBe(1);
    expect(peer.config.iceServers).toEqual([{ urls: "turn:new" }]);
    peer.connectionState = "connected";
    await vi.advanceTimersByTimeAsync(20_000);
    expect(peer.restarts).toBe(1);
  });

  it("says an offer again that was lost on its way", async () => {
    link(true);
    peer.connectionState = "connecting";
    peer.signalingState = "have-local-offer";
    peer.localDescription = { type: "offer", sdp: "ours" };
    await vi.advanceTimersByTimeAsync(5_100);
    expect(said).toEqual([{ description: { type: "offer", sdp: "ours" } }]);
    expect(peer.restarts).toBe(0);
  });
});
