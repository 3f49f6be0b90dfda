/** Windows by modality, under the keys 1 to 9: those of the person or the hospital, else the usual ones. */

import { preference } from "../api/preferences";
import { msg, t } from "../i18n/translate";
import { sameWindow } from "../stream/frame_cache";
import type { ViewportModel } from "./model";
import { type OwnWindow, ownWindows } from "./own_windows";
import type { Window } from "./window";

export interface Preset {
  readonly name: string;
  /** null: the image's own default */
  readonly window: Window | null;
  /** which of the image's own it is; each image of the series is then shown with its own */
  readonly own?: number;
}

/** As it is kept: app/viewing/schemas.WindowPresets. */
export interface KeptPreset {
  readonly name: string;
  readonly center: number;
  readonly width: number;
}

export type KeptPresets = Readonly<Record<string, readonly KeptPreset[]>>;

const NONE: KeptPresets = {};

/** English names are messages; those that a person gave are shown as they are. */
const USUAL: KeptPresets = {
  CT: [
    { name: msg("Brain"), center: 40, width: 80 },
    { name: msg("Subdural"), center: 75, width: 215 },
    { name: msg("Bone"), center: 500, width: 2000 },
    { name: msg("Lung"), center: -600, width: 1500 },
    { name: msg("Mediastinum"), center: 40, width: 400 },
    { name: msg("Abdomen"), center: 50, width: 400 },
    { name: msg("Liver"), center: 80, width: 150 },
    { name: msg("Stroke"), center: 35, width: 35 },
  ],
};

export function keptPresets() {
  return preference<KeptPresets>("window_presets", NONE);
}

export function presetsOfModality(modality: string, kept: KeptPresets = NONE): readonly KeptPreset[] {
  return kept[modality] ?? USUAL[modality] ?? [];
}

/** Hounsfield presets only for values in Hounsfield; otherwise what the file offers. */
export function presetsOf(
  modality: string,
  unit: string,
  fromFile: readonly OwnWindow[],
  kept: KeptPresets = NONE,
): Preset[] {
  const named = modality === "CT" && unit !== "HU" ? [] : presetsOfModality(modality, kept);
  const others = fromFile.slice(1).map((one, i) => ({ ...ownPreset(one, i + 1), own: i + 1 }));
  return [{ name: firstName(fromFile), window: null, own: 0 }, ...named.map(presetOf), ...others];
}

function firstName([first]: readonly OwnWindow[]): string {
  if (!first) return msg("Automatic");
  return first.explanation ? t("From the file: {name}", { name: first.explanation }) : msg("From the file");
}

function ownPreset({ explanation, window }: OwnWindow, place: number): Preset {
  const number = window.table === undefined ? place + 1 : window.table + 1;
  const unnamed =
    window.table === undefined
      ? t("Window {number} of the file", { number })
      : t("Table {number} of the file", { number });
  return { name: explanation || unnamed, window };
}

export function choose(viewport: ViewportModel, { window, own }: Preset): void {
  if (own === undefined) viewport.window.value = window;
  else viewport.chooseOwn(own);
}

export function isChosen(viewport: ViewportModel, { window, own }: Preset): boolean {
  if (own === undefined) return sameWindow(viewport.window.value, window);
  return (
    viewport.window.value === null && viewport.windowFor.value === null && viewport.ownChoice.value === own
  );
}

const made = new WeakMap<KeptPreset, Preset>();

/** One object for each, so that what compares windows by identity finds them equal. */
function presetOf(kept: KeptPreset): Preset {
  const { name, center, width } = kept;
  const preset = made.get(kept) ?? { name, window: { center, width, function: "LINEAR" as const } };
  made.set(kept, preset);
  return preset;
}

/** Of what a viewport shows, with the person's own. */
export function presetsFor({ frame, stack }: ViewportModel): Preset[] {
  if (!frame.value || !stack.value) return [];
  const { unit } = frame.value.instance;
  return presetsOf(stack.value.series.modality, unit, ownWindows(frame.value), keptPresets().value);
}
