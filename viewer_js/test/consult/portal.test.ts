// @vitest-environment happy-dom

import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Portal, type PortalListener } from "../../src/consult/portal";
import { settled } from "./cast";

type Heard = (...told: unknown[]) => void;

/** A socket whose server lets nobody in. */
class SocketDouble {
  connected = false;
  timeout: unknown;
  active = false;
  tries = 0;
  private readonly heard = new Map<string, Heard>();

  on(event: string, take: Heard): void {
    this.heard.set(event, take);
  }
  onAny(): void {}
  tell(event: string, ...told: unknown[]): void {
    this.heard.get(event)?.(...told);
  }
  connect(): this {
    this.tries += 1;
    this.tell("connect_error", { data: { kind: "unauthenticated", code: "session_ended" } });
    return this;
  }
  disconnect(): this {
    return this;
  }
}

let socket: SocketDouble;
vi.mock("socket.io-client", () => ({ io: () => socket }));

let told: string[];

function portal(comesBack: boolean): Portal {
  const says = (name: string) => () => void told.push(name);
  const names = ["entered", "failed", "left", "over", "somebodyElse"] as const;
  const listener = Object.fromEntries(names.map((name) => [name, says(name)]));
  return new Portal("consult", () => 0, listener as unknown as PortalListener, { id: "lan", comesBack });
}

beforeEach(() => {
  vi.useFakeTimers();
  socket = new SocketDouble();
  told = [];
});

afterEach(() => vi.useRealTimers());

it("nothing goes on in a page when another person has signed in in the browser", async () => {
  for (const [person, heard, state] of [
    ["lan", "entered", "open"],
    ["minh", "somebodyElse", "closed"],
  ] as const) {
    told = [];
    const line = portal(true);
    socket.timeout = () => ({ emitWithAck: async () => ({ ok: true, person }) });
    socket.tell("connect");
    await settled();
    expect([told, line.line.value]).toEqual([[heard], state]);
  }
});

it("comes back when somebody who was signed out signs in again", () => {
  const line = portal(true);
  line.connect();
  expect(line.line.value).toBe("signed-out");
  vi.advanceTimersByTime(60_000);
  expect(socket.tries).toBeGreaterThan(5);
  expect(told).toContain("failed");
  expect(told).not.toContain("over");
});

it("tries nothing more once a guest is out, however that is heard", () => {
  for (const hear of [
    (line: Portal) => line.connect(),
    () => socket.tell("session.ended", {}),
    (line: Portal) => line.signedOut(),
  ]) {
    told = [];
    const line = portal(false);
    hear(line);
    line.signedOut();
    expect(line.line.value).toBe("closed");
    const { tries } = socket;
    window.dispatchEvent(new Event("online"));
    vi.advanceTimersByTime(600_000);
    expect(socket.tries).toBe(tries);
    expect(told.filter((name) => name === "over")).toEqual(["over"]);
    expect(told).not.toContain("failed");
  }
});
