/** A series in planes as a message carries it and "follow" sends it: consults/views.PlanesView. */

import type { Vector3, WindowFunction } from "./manifest";

export type PlaneName = "axial" | "coronal" | "sagittal";

export interface ViewWindow {
  center: number;
  width: number;
  /** absent: the one of the image's own first window */
  function?: WindowFunction | null;
}

export interface PlaneLie {
  right: Vector3;
  down: Vector3;
  offset: [number, number];
}

export interface PlanesView {
  /** null: the volume is still loading */
  trio: ({ focus: Vector3 } & Record<PlaneName, PlaneLie>) | null;
  zoom: number;
  slab: number;
  mode: "max" | "mean" | "min";
  window: ViewWindow | null;
  invert: boolean;
  active: PlaneName | "last";
  alone: boolean;
  lines: boolean;
  last: "curved" | "rendering";
  curve: { points: Vector3[]; upward: Vector3; height: number };
  body: { preset: string; azimuth: number; elevation: number; zoom: number };
}
