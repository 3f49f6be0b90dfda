/** The finish of a viewport by name; palettes are fetched when the first is asked for. */

import { signal } from "@preact/signals";
import { fetched } from "../i18n/fetched";
import { type Filter, type Finish, PLAIN } from "./finish";

type Palettes = typeof import("./colour_maps");

const here = signal<Palettes | null>(null);
let isAsked = false;

async function fetchPalettes(): Promise<void> {
  isAsked = true;
  try {
    here.value = await fetched(() => import("./colour_maps"));
  } catch {
    // a broken line: the picture stays grey, and the next wish asks again
    isAsked = false;
  }
}

/** Grey until its palette is here; read in an effect, it runs again then. */
export function finishOf(colourMap: string, filter: Filter): Finish {
  if (colourMap !== "" && here.value === null && !isAsked) void fetchPalettes();
  const palette = here.value?.paletteNamed(colourMap) ?? null;
  return palette === null && filter === "none" ? PLAIN : { filter, palette };
}
