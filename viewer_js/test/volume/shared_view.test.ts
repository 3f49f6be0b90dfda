import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { PlanesView } from "../../src/api/planes_view";
import type { Stack } from "../../src/stream/stack";
import { VolumeSession } from "../../src/volume/session";
import { showIn, viewOf } from "../../src/volume/shared_view";
import { rotated, scrolled } from "../../src/volume/trio";

const FACTS = {
  state: "ready",
  progress: 1,
  shape: [40, 96, 96],
  spacing: [0.5, 0.5, 2],
  origin: [-24, -24, 2],
  axes: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  range: [-1000, 1000],
  unit: "HU",
  slope: 1,
  intercept: 0,
  inverse: false,
  windows: [{ center: 40, width: 400 }],
  notes: [],
};
const STACK = { studyKey: "key", series: { id: "series", modality: "CT" }, frames: [] } as unknown as Stack;

beforeEach(() => {
  vi.stubGlobal("fetch", async () => new Response(JSON.stringify(FACTS)));
});

afterEach(() => {
  vi.unstubAllGlobals();
});

async function loaded(): Promise<VolumeSession> {
  const session = new VolumeSession(STACK, "csrf");
  await vi.waitFor(() => expect(session.facts.peek()).not.toBeNull(), 10_000);
  return session;
}

/** As it comes over the line. */
function sent(view: PlanesView): PlanesView {
  return JSON.parse(JSON.stringify(view)) as PlanesView;
}

describe("planes shown to others", () => {
  it("are the same there: how they lie, slab, window, curve and the body's side", async () => {
    const [here, there] = [await loaded(), await loaded()];
    here.change((trio, box) => rotated(scrolled(trio, "axial", 5, box), "coronal", 0.3));
    here.thicken(12);
    here.nextMode();
    here.toggleInvert();
    here.zoomBy(2);
    here.choosePreset(3);
    here.toggleAlone("sagittal");
    here.toggleCurve();
    here.curve.add([1, 2, 30], [0, 0, 1]);
    here.azimuth.value = 90;
    here.preset.value = "lung";
    showIn(there, sent(viewOf(here)));
    expect(viewOf(there)).toEqual(viewOf(here));
    expect(there.window.peek()).toEqual(here.window.peek());
  });

  it("say that their volume is still loading, and change nothing where it is", () => {
    const session = new VolumeSession(STACK, "csrf");
    expect(viewOf(session)).toMatchObject({ trio: null, window: null });
    showIn(session, { ...viewOf(session), zoom: 3 });
    expect(session.zoom.peek()).toBe(1);
    session.stop();
  });

  it("stay within the volume and within what the tools allow", async () => {
    const session = await loaded();
    const view = viewOf(session);
    const far = { ...view, zoom: 1000, slab: 900, trio: { ...view.trio, focus: [0, 0, 9000] } } as PlanesView;
    showIn(session, { ...far, body: { ...view.body, preset: "unknown" } });
    expect(session.trio.peek().focus[2]).toBeCloseTo(80);
    expect(session.zoom.peek()).toBe(30);
    expect(session.slab.peek()).toBe(60);
    expect(session.preset.peek()).toBe("bone");
  });
});
