/** The addresses of the volume door (app/stream/volumes.py) and what their answers are turned into. */

import { ApiError, request } from "../api/http";
import type { Vector3 } from "../api/manifest";
import { decodeStored } from "../stream/wire";
import type { Size } from "../viewport/geometry";
import type { StoredValues, Window } from "../viewport/window";
import type { Box } from "./box";
import type { Quality } from "./feed";
import type { Raster } from "./projection";

export interface VolumeState {
  readonly state: "loading" | "ready";
  readonly progress: number;
}

export interface VolumeFacts {
  readonly box: Box;
  readonly range: readonly [number, number];
  readonly unit: string;
  /** real value = slope × value + intercept */
  readonly slope: number;
  readonly intercept: number;
  /** low values are bright */
  readonly inverse: boolean;
  readonly windows: readonly { readonly center: number; readonly width: number }[];
  /** how its body can be shown, the best first */
  readonly presets?: readonly string[];
  /** what was put right, in words of the server */
  readonly notes: readonly string[];
}

interface Answer extends VolumeState, Omit<VolumeFacts, "box"> {
  /** slices, rows, columns */
  readonly shape: Vector3;
  /** along columns, rows, slices, as the axes are */
  readonly spacing: Vector3;
  readonly origin: Vector3;
  readonly axes: readonly [Vector3, Vector3, Vector3];
}

/** One series of an opened study. */
export interface Source {
  readonly studyKey: string;
  readonly seriesId: string;
}

export type SlabMode = "max" | "mean" | "min";

export interface PlaneWish {
  readonly raster: Raster;
  /** millimetres; 0 is one plane */
  readonly slab: number;
  readonly mode: SlabMode;
  readonly window: Window;
}

export type PlanePicture =
  | {
      readonly kind: "preview";
      readonly raster: Raster;
      readonly bitmap: ImageBitmap;
      readonly window: Window;
    }
  | {
      readonly kind: "full";
      readonly raster: Raster;
      readonly values: StoredValues;
    };

function address({ studyKey, seriesId }: Source, what: string): string {
  return `/stream/${studyKey}/${what}/${seriesId}`;
}

/** Starts the loading when it has not begun. */
export async function askVolume(source: Source, signal: AbortSignal): Promise<VolumeFacts | number> {
  const answer = (await (await request(address(source, "volume"), { signal })).json()) as Answer;
  if (answer.state !== "ready") return answer.progress;
  const [k, j, i] = answer.shape;
  const { origin, axes, spacing } = answer;
  return { ...answer, box: { origin, axes, spacing, count: [i, j, k] } };
}

function numbers(values: readonly number[]): string {
  return values.map((value) => String(Number(value.toFixed(5)))).join(",");
}

/** Of the wishes of one pane the server answers only the newest. */
let wishes = 0;
const PAGE = Math.random().toString(36).slice(2, 10);

function turn(pane: string): { pane: string; wish: string } {
  return { pane: `${PAGE}-${pane}`, wish: String(++wishes) };
}

/** A newer wish of the same pane has come to the server meanwhile. */
export class Overtaken extends Error {}

async function answered(asked: Promise<Response>): Promise<Response> {
  const response = await asked;
  if (response.status === 204) throw new Overtaken();
  return response;
}

function windowText({ center, width }: Window): string {
  return numbers([center, width]);
}

export function planeQuery({ raster, slab, mode, window }: PlaneWish, quality: Quality): string {
  const { centre, right, down, millimetres, size } = raster;
  const query = new URLSearchParams({
    centre: numbers(centre),
    right: numbers(right),
    down: numbers(down),
    spacing: numbers([millimetres]),
    size: `${size.width}x${size.height}`,
    slab: numbers([slab]),
    mode,
    quality,
  });
  if (quality === "preview") query.set("window", windowText(window));
  return query.toString();
}

export async function fetchPlane(
  source: Source,
  pane: string,
  wish: PlaneWish,
  quality: Quality,
  signal: AbortSignal,
): Promise<PlanePicture> {
  const query = `${planeQuery(wish, quality)}&${new URLSearchParams(turn(pane))}`;
  const response = await answered(request(`${address(source, "plane")}?${query}`, { signal }));
  const { raster, window } = wish;
  if (quality === "preview") {
    return { kind: "preview", raster, window, bitmap: await createImageBitmap(await response.blob()) };
  }
  return { kind: "full", raster, values: await storedOf(response, raster.size) };
}

async function storedOf(response: Response, { width, height }: Size): Promise<StoredValues> {
  const shape = { rows: height, columns: width, bits_stored: 16, signed: true };
  return decodeStored(new Uint8Array(await response.arrayBuffer()), shape);
}

export interface CurvedWish {
  readonly points: readonly Vector3[];
  /** which way the picture's columns run */
  readonly down: Vector3;
  /** millimetres across the curve, and of a pixel */
  readonly height: number;
  readonly spacing: number;
  readonly slab: number;
  readonly mode: SlabMode;
  readonly window: Window;
}

/** The straightened picture lies on a plane of its own: right along the curve, down across it. */
export async function fetchCurved(
  source: Source,
  csrf: string,
  { window, down, ...wish }: CurvedWish,
  quality: Quality,
  signal: AbortSignal,
): Promise<PlanePicture> {
  const body = { ...wish, normal: down, window: [window.center, window.width], quality, ...turn("curved") };
  const init = {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf },
    body: JSON.stringify(body),
    signal,
  };
  const response = await answered(request(address(source, "curved"), init));
  const [width = 1, height = 1] = (response.headers.get("X-Hoichan-Size") ?? "").split(",").map(Number);
  const raster: Raster = { ...FLAT, millimetres: wish.spacing, size: { width, height } };
  if (quality === "full") return { kind: "full", raster, values: await storedOf(response, raster.size) };
  return { kind: "preview", raster, window, bitmap: await createImageBitmap(await response.blob()) };
}

export const FLAT = { centre: [0, 0, 0], right: [1, 0, 0], down: [0, 1, 0] } as const;

export interface RenderingWish {
  readonly preset: string;
  /** degrees */
  readonly azimuth: number;
  readonly elevation: number;
  readonly zoom: number;
  /** pixels */
  readonly size: Size;
}

export function renderingQuery({ preset, azimuth, elevation, zoom, size }: RenderingWish, quality: Quality) {
  return new URLSearchParams({
    preset,
    azimuth: numbers([azimuth]),
    elevation: numbers([elevation]),
    zoom: numbers([zoom]),
    size: `${size.width}x${size.height}`,
    quality,
  }).toString();
}

export async function fetchRendering(
  source: Source,
  wish: RenderingWish,
  quality: Quality,
  signal: AbortSignal,
): Promise<ImageBitmap> {
  const query = `${renderingQuery(wish, quality)}&${new URLSearchParams(turn("rendering"))}`;
  const response = await answered(request(`${address(source, "rendering")}?${query}`, { signal }));
  return createImageBitmap(await response.blob());
}

/** The volume has left the server's memory meanwhile. */
export function isGone(error: unknown): boolean {
  return error instanceof ApiError && error.code === "volume_loading";
}
