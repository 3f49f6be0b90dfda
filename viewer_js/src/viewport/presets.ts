/** Windows by modality, under the keys 1 to 9. */

import type { ManifestWindow } from "../api/manifest";
import { msg, t } from "../i18n/translate";
import type { Window } from "./window";

export interface Preset {
  readonly name: string;
  /** null: the image's own default */
  readonly window: Window | null;
}

function preset(name: string, center: number, width: number): Preset {
  return { name, window: { center, width, function: "LINEAR" } };
}

const CT = [
  preset(msg("Brain"), 40, 80),
  preset(msg("Subdural"), 75, 215),
  preset(msg("Bone"), 500, 2000),
  preset(msg("Lung"), -600, 1500),
  preset(msg("Mediastinum"), 40, 400),
  preset(msg("Abdomen"), 50, 400),
  preset(msg("Liver"), 80, 150),
  preset(msg("Stroke"), 35, 35),
];

/** Hounsfield presets only for values in Hounsfield; otherwise what the file offers. */
export function presetsOf(modality: string, unit: string, fromFile: readonly ManifestWindow[]): Preset[] {
  if (modality === "CT" && unit === "HU") return [{ name: msg("From the file"), window: null }, ...CT];
  const others = fromFile.slice(1).map((window, i) => ({
    name: window.explanation || t("Window {number} of the file", { number: i + 2 }),
    window: { center: window.center, width: window.width, function: window.function },
  }));
  return [{ name: fromFile.length > 0 ? msg("From the file") : msg("Automatic"), window: null }, ...others];
}
