// @vitest-environment happy-dom

import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { handleKey } from "../../src/volume/keys";
import type { RenderingModel } from "../../src/volume/rendering";
import { VolumeSession } from "../../src/volume/session";
import { instance, series, study } from "../manifests";
import { UPRIGHT } from "./boxes";

const { origin, axes, spacing } = UPRIGHT;
const FACTS = {
  state: "ready",
  progress: 1,
  shape: [101, 512, 512],
  spacing,
  origin,
  axes,
  range: [-1000, 2000],
  unit: "HU",
  slope: 1,
  intercept: 0,
  inverse: false,
  windows: [{ center: 40, width: 400 }],
  presets: ["bone", "mip"],
  notes: [],
};

let session: VolumeSession;
const turned: number[][] = [];
const rendering = { turn: (...degrees: number[]) => turned.push(degrees) } as unknown as RenderingModel;

function press(key: string, more: KeyboardEventInit = {}): boolean {
  return handleKey(new KeyboardEvent("keydown", { key, ...more }), session, rendering);
}

/** Where the slider of the axial plane stands. */
function slice() {
  return session.standingOf("axial")?.place;
}

beforeEach(async () => {
  vi.stubGlobal("fetch", async () => new Response(JSON.stringify(FACTS)));
  const images = Array.from({ length: 101 }, (_, i) => instance(i + 1, { position: [0, 0, 50 + 2 * i] }));
  const [stack] = study(series("a", images)).stacks;
  if (!stack) throw new Error("no stack");
  session = new VolumeSession(stack, "");
  await vi.waitFor(() => expect(session.loading.peek().state).toBe("ready"), 10_000);
});

afterEach(() => {
  session.stop();
  vi.unstubAllGlobals();
});

it("starts in the middle, with the file's window and the best preset", () => {
  expect(session.window.peek()).toEqual({ center: 40, width: 400, function: "LINEAR" });
  expect(session.preset.peek()).toBe("bone");
  expect(slice()).toBe(51);
});

it("moves the active plane by keys, and the crosshair with Shift", () => {
  press("ArrowDown");
  press("PageDown");
  expect(slice()).toBe(62);
  const [x = 0] = session.trio.peek().focus;
  press("ArrowRight", { shiftKey: true });
  expect(session.trio.peek().focus[0]).toBeCloseTo(x + 1);
});

it("turns lines, thickens slabs, chooses windows and tools; leaves foreign keys alone", () => {
  const before = session.trio.peek().views.coronal.right;
  expect([press("e"), press("]"), press("K"), press("4"), press("o")]).not.toContain(false);
  expect(session.trio.peek().views.coronal.right).not.toEqual(before);
  expect([session.slab.peek(), session.mode.peek(), session.tool.peek()]).toEqual([1, "mean", "probe"]);
  expect([press("F5"), press("c", { ctrlKey: true })]).toEqual([false, false]);
  press("x");
  expect(session.trio.peek().views.coronal.right).toEqual(before);
  expect(session.slab.peek()).toBe(0);
});

it("turns the body when that is the active picture", () => {
  session.active.value = "last";
  press("ArrowLeft");
  expect(turned.at(-1)?.[0]).toBe(-6);
  expect(slice()).toBe(51);
});

it("goes back to the image that lies nearest to the planes", () => {
  for (let i = 0; i < 24; i++) press("ArrowDown");
  expect(session.stack.frames[session.nearestImage()]?.position).toEqual([0, 0, 198]);
});
