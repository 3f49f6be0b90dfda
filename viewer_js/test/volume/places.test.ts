import { afterEach, describe, expect, it, vi } from "vitest";
import type { Orientation, Vector3 } from "../../src/api/manifest";
import type { Box } from "../../src/volume/box";
import { VolumeSession } from "../../src/volume/session";
import { showIn, viewOf } from "../../src/volume/shared_view";
import { rotated } from "../../src/volume/trio";
import { instance, series, study } from "../manifests";
import { TILTED, UPRIGHT } from "./boxes";

let session: VolumeSession;

afterEach(() => {
  session.stop();
  vi.unstubAllGlobals();
});

interface Lie {
  orientation?: Orientation;
  box?: Box;
  shown?: number;
}

/** Planes of images at these places, in this order of the stack. */
async function planes(places: readonly Vector3[], { orientation, box = UPRIGHT, shown }: Lie = {}) {
  const [i, j, k] = box.count;
  const facts = { ...FACTS, ...box, shape: [k, j, i] };
  vi.stubGlobal("fetch", async () => new Response(JSON.stringify(facts)));
  const images = places.map((position, at) =>
    instance(at + 1, { position, ...(orientation ? { orientation } : {}) }),
  );
  const [stack] = study(series("a", images)).stacks;
  if (!stack) throw new Error("no stack");
  session = new VolumeSession(stack, "", shown ?? null);
  await vi.waitFor(() => expect(session.loading.peek().state).toBe("ready"), 10_000);
}

const FACTS = {
  state: "ready",
  progress: 1,
  range: [-1000, 2000],
  unit: "HU",
  slope: 1,
  intercept: 0,
  inverse: false,
  windows: [],
  notes: [],
};

const says = (name: "axial" | "coronal" | "sagittal" = "axial") => session.standingOf(name)?.says;
const image = (number: number) => ({ is: "image", number });

const UP = Array.from({ length: 101 }, (_, i): Vector3 => [-100, -100, 50 + 2 * i]);
const DOWN = [...UP].reverse();

describe("a plane that lies on the images", () => {
  it.each([
    ["to the head", UP],
    ["to the feet", DOWN],
  ])("carries the stack's number and goes its way, %s", async (_, places) => {
    await planes(places, { shown: 60 });
    expect(says()).toEqual(image(61));
    expect(session.standingOf("axial")).toMatchObject({ place: 61, places: 101 });
    session.scroll("axial", 1);
    expect(says()).toEqual(image(62));
    expect(session.nearestImage()).toBe(61);
    expect(session.trio.peek().focus[2]).toBeCloseTo(places[61]?.[2] ?? 0);
    session.scroll("axial", -40);
    expect(says()).toEqual(image(22));
    session.goTo("axial", 7);
    expect([says(), session.nearestImage()]).toEqual([image(7), 6]);
    session.scroll("axial", 1000);
    expect([says(), session.nearestImage()]).toEqual([image(101), 100]);
  });

  it("opens on the image that was on the screen, the pictures about the middle of the block", async () => {
    await planes(DOWN, { shown: 3 });
    const { focus, views } = session.trio.peek();
    expect(focus[2]).toBeCloseTo(244);
    expect(views.coronal.offset[1]).toBeCloseTo(94);
    session.scroll("axial", 5);
    session.reset();
    expect(says()).toEqual(image(4));
  });

  it("may be the coronal one: then the axial one says millimetres", async () => {
    const box: Box = {
      origin: [-100, -40, 100],
      axes: [
        [1, 0, 0],
        [0, 0, -1],
        [0, 1, 0],
      ],
      spacing: [1, 1, 4],
      count: [200, 200, 21],
    };
    const backwards = Array.from({ length: 21 }, (_, i): Vector3 => [-100, 40 - 4 * i, 100]);
    await planes(backwards, { box, orientation: [1, 0, 0, 0, 0, -1], shown: 2 });
    expect([says("coronal"), says("axial")?.is]).toEqual([image(3), "free"]);
    session.scroll("coronal", 1);
    expect([says("coronal"), session.nearestImage()]).toEqual([image(4), 3]);
  });

  it("numbers the first of several images at one place, and no scout", async () => {
    const twice = UP.slice(0, 20).flatMap((place) => [place, place]);
    await planes(twice, { shown: 11, box: { ...UPRIGHT, count: [512, 512, 20] } });
    expect([says(), session.nearestImage()]).toEqual([image(11), 11]);
    session.scroll("axial", 1);
    expect([says(), session.nearestImage()]).toEqual([image(13), 12]);
  });

  it("keeps the numbers of a series with missing images, and says what lies between two", async () => {
    const gapped = DOWN.filter((_, i) => i !== 40 && i !== 41);
    await planes(gapped, { shown: 39 });
    expect(says()).toEqual(image(40));
    session.change((trio) => ({ ...trio, focus: [0, 0, 250 - 2 * 40] }));
    expect(says()).toEqual({ is: "between", first: 40, second: 41 });
    session.scroll("axial", 1);
    expect([says(), session.trio.peek().focus[2]]).toEqual([image(41), 250 - 2 * 42]);
    session.change((trio) => ({ ...trio, focus: [0, 0, 250 - 2 * 41] }));
    session.scroll("axial", -1);
    expect(says()).toEqual(image(40));
    session.scroll("axial", 1);
    expect(says()).toEqual(image(41));
  });

  it("steps image by image through a leaning stack", async () => {
    const [, lean, rise] = TILTED.axes[2];
    const leaning = Array.from(
      { length: 101 },
      (_, i): Vector3 => [-100, -100 + 2 * i * lean, 50 + 2 * i * rise],
    );
    await planes(leaning, { box: TILTED, shown: 30 });
    session.scroll("axial", 10);
    expect([says(), session.nearestImage()]).toEqual([image(41), 40]);
  });

  it("says the same to whoever is shown it", async () => {
    await planes(DOWN, { shown: 60 });
    session.scroll("axial", 9);
    const told = JSON.parse(JSON.stringify(viewOf(session)));
    session.stop();
    await planes(DOWN, { shown: 3 });
    showIn(session, told);
    expect([says(), session.nearestImage()]).toEqual([image(70), 69]);
  });
});

describe("a plane that does not", () => {
  it("says millimetres in the patient", async () => {
    await planes(UP);
    expect(says("coronal")).toMatchObject({ is: "free", millimetres: 27.75 });
    session.change((trio) => rotated(trio, "coronal", 0.2));
    expect(says("axial")?.is).toBe("free");
    session.scroll("axial", 1);
    expect(session.trio.peek().focus[2]).toBeGreaterThan(150);
  });

  it("goes the way of the images when the gantry was tilted and the images with it", async () => {
    const [c, s] = [Math.cos(0.3), Math.sin(0.3)];
    const box: Box = {
      ...UPRIGHT,
      axes: [
        [1, 0, 0],
        [0, c, s],
        [0, 0, 1],
      ],
    };
    await planes(UP, { box, orientation: [1, 0, 0, 0, c, s], shown: 60 });
    expect(says("axial")?.is).toBe("free");
    expect(session.nearestImage()).toBe(60);
    const before = session.trio.peek().focus[2];
    session.scroll("axial", 4);
    expect(session.trio.peek().focus[2]).toBeGreaterThan(before);
    expect(session.nearestImage()).toBeGreaterThan(60);
  });
});
