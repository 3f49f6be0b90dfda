/** Whether anything is drawn over images: all that stands in the first weight of the viewer; the rest is loaded then. */

import { signal } from "@preact/signals";
import { fetched } from "../i18n/fetched";
import type { Frame } from "../stream/stack";

type Drawing = typeof import("./drawing");

export const drawing = signal<Drawing | null>(null);

let isAsked = false;

export function needDrawing(): void {
  if (isAsked) return;
  isAsked = true;
  fetched(() => import("./drawing")).then(
    (loaded) => {
      drawing.value = loaded;
    },
    () => {
      isAsked = false; // the line was broken: the next image asks again
    },
  );
}

/** Overlays and shutters of the image itself are shown without being asked for. */
export function hasPlanes({ instance }: Frame): boolean {
  return instance.overlays !== undefined || instance.shutter !== undefined;
}
