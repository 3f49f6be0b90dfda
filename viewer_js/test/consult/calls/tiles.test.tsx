// @vitest-environment happy-dom

import { signal } from "@preact/signals";
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Call } from "../../../src/consult/calls/call";
import { Tiles } from "../../../src/consult/calls/tiles";
import { MINH } from "../cast";

const root = document.createElement("div");
const { prototype } = HTMLVideoElement;

beforeEach(() => {
  vi.spyOn(HTMLMediaElement.prototype, "play").mockResolvedValue(undefined);
});

afterEach(() => {
  render(null, root);
  vi.restoreAllMocks();
  Reflect.deleteProperty(prototype, "requestPictureInPicture");
});

async function shown(): Promise<Element | null> {
  const member = { id: "m", person: MINH, since: "", muted: false, camera: true, screen: false };
  const links = new Map([["m", { streams: { camera: new MediaStream() }, isConnected: true }]]);
  const none = { speaking: { now: signal(new Set()) }, turn: signal(0), id: "me" };
  const call = { ...none, members: signal([member]), links } as unknown as Call;
  await act(() => render(<Tiles call={call} />, root));
  return root.querySelector(".hr-tile-own");
}

it("a window of its own is offered only where the browser has one", async () => {
  expect(await shown()).toBeNull();
  render(null, root);
  const open = vi.fn().mockResolvedValue(undefined);
  Object.defineProperty(prototype, "requestPictureInPicture", { value: open, configurable: true });
  const button = await shown();
  await act(() => (button as HTMLButtonElement).click());
  expect(open).toHaveBeenCalledOnce();
});
