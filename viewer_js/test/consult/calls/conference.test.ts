import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type ConferenceNeeds, Listener, Publisher } from "../../../src/consult/calls/conference";
import { FakePeer } from "./peer_double";

const VOICE = { kind: "audio" } as MediaStreamTrack;
const CAMERA = { kind: "video" } as MediaStreamTrack;

let peers: FakePeer[];
let asked: [string, object][];
let answer: string | null;

const needs: ConferenceNeeds = {
  tracks: { voice: VOICE, camera: null, screen: null },
  ice: async () => [],
  ask: async (wish, more) => {
    asked.push([wish, more]);
    return answer;
  },
  changed: () => undefined,
  connection: () => {
    peers.push(new FakePeer());
    return newest() as unknown as RTCPeerConnection;
  },
};

function newest(): FakePeer {
  const peer = peers.at(-1);
  if (peer === undefined) throw new Error("no connection was made");
  return peer;
}

beforeEach(() => {
  [peers, asked, answer] = [[], [], "theirs"];
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe("in a large call", () => {
  it("a window offers voice, camera and screen once, and sends another track without a new agreement", async () => {
    const publisher = new Publisher(needs);
    await publisher.begin();
    expect(newest().channels.map(({ kind, direction }) => `${kind} ${direction}`)).toEqual([
      "audio sendonly",
      "video sendonly",
      "video sendonly",
    ]);
    expect(newest().remote).toEqual({ type: "answer", sdp: "theirs" });
    publisher.send("camera", CAMERA);
    expect(newest().channels[1]?.sender.track).toBe(CAMERA);
    expect(asked).toEqual([["conference.publish", { sdp: "ours" }]]);
    publisher.close();
  });

  it("answers what the server offers of another", async () => {
    const listener = new Listener(needs, "hanh");
    await listener.begin();
    expect(asked).toEqual([
      ["conference.hear", { to: "hanh" }],
      ["conference.start", { to: "hanh", sdp: "ours" }],
    ]);
    listener.close();
  });

  it("asks again for whoever sends nothing yet", async () => {
    answer = null;
    const listener = new Listener(needs, "hanh");
    await listener.begin();
    answer = "theirs";
    await vi.advanceTimersByTimeAsync(2_100);
    expect(asked.map(([wish]) => wish)).toEqual(["conference.hear", "conference.hear", "conference.start"]);
    listener.close();
  });

  it("begins a line anew that stays open and silent, and no other", async () => {
    const listener = new Listener(needs, "hanh");
    await listener.begin();
    const peer = newest();
    peer.connectionState = "connected";
    for (let looks = 0; looks < 10; looks += 1) {
      peer.received += 100;
      await vi.advanceTimersByTimeAsync(2_000);
    }
    expect(newest()).toBe(peer);
    await vi.advanceTimersByTimeAsync(12_000);
    expect(newest()).not.toBe(peer);
    expect(peer.connectionState).toBe("closed");
    listener.close();
  });

  it("is over when it is left", async () => {
    const listener = new Listener(needs, "hanh");
    await listener.begin();
    listener.close();
    const before = asked.length;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked).toHaveLength(before);
  });
});
