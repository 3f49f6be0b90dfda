/**
 * Draws the same pictures with the processor and with WebGL2 in a real browser and tells how far they are apart;
 * tests/contracts/test_two_renderers.py bundles and runs it.
 */

import { Canvas2DRenderer } from "../../src/viewport/canvas2d";
import { COLOUR_MAPS } from "../../src/viewport/colour_maps";
import type { Filter } from "../../src/viewport/finish";
import { imageToScreen, type Rotation } from "../../src/viewport/geometry";
import type { Painter } from "../../src/viewport/painter";
import type { Picture } from "../../src/viewport/renderer";
import { GpuPainter, openGpu } from "../../src/viewport/webgl2";
import type { StoredValues, Window } from "../../src/viewport/window";

const SCREEN = { width: 300, height: 220 };
const PLANE = { columns: 333, rows: 257, aspect: 1.25 };

interface Difference {
  readonly name: string;
  readonly worst: number;
  readonly greys: number;
}

/** Slopes, an edge and noise, in every bit that the type has. */
function image(make: (length: number) => StoredValues, low: number, high: number): StoredValues {
  const values = make(PLANE.columns * PLANE.rows);
  let seed = 1;
  for (let i = 0; i < values.length; i++) {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    const ramp = (i % PLANE.columns) / PLANE.columns;
    const noise = ((seed >>> 16) & 255) / 2550;
    values[i] = low + (high - low) * Math.min(1, ramp * 0.9 + noise);
  }
  return values;
}

const IMAGES: readonly [string, StoredValues, boolean][] = [
  ["uint16", image((n) => new Uint16Array(n), 0, 65_535), false],
  ["int16", image((n) => new Int16Array(n), -1200, 3000), true],
  ["uint8", image((n) => new Uint8Array(n), 0, 255), false],
];
const WINDOWS: readonly Window[] = [
  { center: 40, width: 400, function: "LINEAR" },
  { center: 900.25, width: 2000.5, function: "LINEAR_EXACT" },
  { center: 120, width: 90, function: "SIGMOID" },
  { center: 100, width: 1, function: "LINEAR" },
];
const PLACES: readonly [number, Rotation, boolean, readonly [number, number]][] = [
  [1, 0, false, [166.5, 128.5]],
  [0.3, 90, true, [160.2, 100.9]],
  [0.11, 180, false, [166.5, 128.5]],
  [7.3, 270, false, [12.3, 250.7]],
];
const FILTERS: readonly Filter[] = ["none", "sharpen", "smooth"];

function pixels(
  painter: Painter | null,
  picture: Picture,
  place: (typeof PLACES)[number],
): Uint8ClampedArray {
  const canvas = document.createElement("canvas");
  const [zoom, rotation, flip, centre] = place;
  const placement = { zoom, rotation, flip, centre: [centre[0], centre[1]] as [number, number] };
  new Canvas2DRenderer(canvas, { quicker: () => painter }).draw(
    picture,
    imageToScreen(PLANE, SCREEN, placement),
    SCREEN,
  );
  const context = canvas.getContext("2d");
  return context?.getImageData(0, 0, SCREEN.width, SCREEN.height).data ?? new Uint8ClampedArray();
}

function compare(gpu: Painter, name: string, picture: Picture, place: (typeof PLACES)[number]): Difference {
  const one = pixels(null, picture, place);
  const other = pixels(gpu, picture, place);
  let worst = 0;
  for (let i = 0; i < one.length; i++) worst = Math.max(worst, Math.abs((one[i] ?? 0) - (other[i] ?? 999)));
  return { name, worst, greys: new Set(one).size };
}

/** Counts what it painted: a painter that never answers would agree with everything. */
class Counted implements Painter {
  painted = 0;
  readonly #gpu: GpuPainter;

  constructor(gpu: GpuPainter) {
    this.#gpu = gpu;
  }

  paint(...wish: Parameters<Painter["paint"]>): ReturnType<Painter["paint"]> {
    const painted = this.#gpu.paint(...wish);
    if (painted) this.painted++;
    return painted;
  }
}

function look(i: number, j: number) {
  const filter = FILTERS[(i + j) % FILTERS.length] ?? "none";
  const map = (i + 2 * j) % 3 === 0 ? COLOUR_MAPS[(i + j) % COLOUR_MAPS.length] : undefined;
  const padding = j % 2 === 0 ? ([90, 130] as const) : null;
  const scale = { slope: 1.0001, intercept: -3.5, padding, inverse: (i + j) % 2 === 1 };
  return { scale, finish: { filter, palette: map?.palette ?? null }, words: `${filter} ${map?.id}` };
}

function differences(gpu: Painter, images = IMAGES): Difference[] {
  const plane = { width: PLANE.columns, height: PLANE.rows };
  return images.flatMap(([type, values, signed]) =>
    WINDOWS.flatMap((window, i) =>
      PLACES.map((place, j) => {
        const { scale, finish, words } = look(i, j);
        const name = `${type} ${window.function} ${place.join("/")} ${words}`;
        const picture = {
          kind: "stored",
          values,
          plane,
          scale: { ...scale, signed },
          window,
          finish,
        } as const;
        return compare(gpu, name, picture, place);
      }),
    ),
  );
}

/** The context is lost, the processor paints; it comes back, and WebGL2 paints again. */
async function afterLoss(): Promise<{ lost: boolean; fellBack: boolean; worst: number; changes: number }> {
  let changes = 0;
  const canvas = document.createElement("canvas");
  const gl = canvas.getContext("webgl2", { alpha: false, antialias: false });
  if (!gl) throw new Error("no WebGL2");
  const gpu = new GpuPainter(canvas, gl, () => {
    changes++;
  });
  const counted = new Counted(gpu);
  differences(counted, IMAGES.slice(1, 2));
  const loss = gl.getExtension("WEBGL_lose_context");
  const events = (name: string) => new Promise((done) => canvas.addEventListener(name, done, { once: true }));
  const lost = events("webglcontextlost");
  loss?.loseContext();
  await lost;
  const before = counted.painted;
  const worstLost = Math.max(...differences(counted, IMAGES.slice(1, 2)).map(({ worst }) => worst));
  const fellBack = counted.painted === before && worstLost === 0;
  const back = events("webglcontextrestored");
  setTimeout(() => loss?.restoreContext(), 50);
  await back;
  const found = differences(counted, IMAGES.slice(1, 2));
  const worst = counted.painted > before ? Math.max(...found.map((one) => one.worst)) : 999;
  return { lost: before > 0, fellBack, worst, changes };
}

async function run() {
  const refused = openGpu(() => undefined) === null;
  const gpu = openGpu(() => undefined, { software: true });
  if (!gpu) throw new Error("no WebGL2");
  const counted = new Counted(gpu);
  const found = differences(counted);
  return { refused, found, painted: counted.painted, loss: await afterLoss() };
}

Object.assign(globalThis, { twoRenderers: run });
