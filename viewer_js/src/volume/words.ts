/** What planes, slabs and tools are called. */

import { msg } from "../i18n/translate";
import type { SlabMode } from "./server";
import type { PlaneToolId } from "./session";
import type { PlaneName } from "./trio";

export const PLANE_NAMES: Record<PlaneName, string> = {
  axial: msg("Axial"),
  coronal: msg("Coronal"),
  sagittal: msg("Sagittal"),
};

export const SLAB_NAMES: Record<SlabMode, string> = {
  max: msg("Maximum (MIP)"),
  mean: msg("Mean"),
  min: msg("Minimum (MinIP)"),
};

/** In a corner of the picture. */
export const SLAB_SIGNS: Record<SlabMode, string> = { max: "MIP", mean: msg("Mean"), min: "MinIP" };

export interface PlaneTool {
  readonly id: PlaneToolId;
  readonly name: string;
  readonly key: string;
  readonly icon: PlaneToolId;
}

function tool(id: PlaneToolId, name: string, key: string): PlaneTool {
  return { id, name, key, icon: id };
}

export const PLANE_TOOLS: readonly PlaneTool[] = [
  tool("cross", msg("Crosshair"), "c"),
  tool("window", msg("Window"), "w"),
  tool("scroll", msg("Scroll"), "s"),
  tool("zoom", msg("Zoom"), "z"),
  tool("pan", msg("Move"), "p"),
  tool("length", msg("Length"), "l"),
  tool("angle", msg("Angle"), "a"),
  tool("probe", msg("Value at a point"), "o"),
  tool("ellipse", msg("Region"), "d"),
];

/** The server's presets (app/render/volume_presets.py): what a person reads. */
export const RENDERING_NAMES: Readonly<Record<string, string>> = {
  angio: msg("Vessels"),
  bone: msg("Bone"),
  lung: msg("Lung"),
  mip: msg("Maximum (MIP)"),
  mr: msg("Soft tissue"),
  soft: msg("Soft tissue"),
};
