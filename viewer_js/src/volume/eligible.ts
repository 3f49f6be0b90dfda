/** Which series may be shown in planes; what only the pixels tell, the server says later. */

import { msg } from "../i18n/translate";
import type { Frame, Stack } from "../stream/stack";

const FEWEST = 5;

function differentPlaces(frames: readonly Frame[]): number {
  return new Set(frames.map(({ position }) => position?.map((value) => value.toFixed(2)).join(" "))).size;
}

/** Why a series cannot be shown in planes, as an English message; null: it can be tried. */
export function refusalOf(stack: Stack | null): string | null {
  const frames = stack?.frames ?? [];
  if (frames.length < FEWEST) return msg("A reconstruction needs at least five slices.");
  if (frames.some(({ instance }) => instance.samples > 1))
    return msg("Colour images cannot be reconstructed.");
  if (!frames.every(({ position, orientation }) => position && orientation))
    return msg("These images do not say where they lie in the patient.");
  if (!frames.every(({ spacing }) => spacing))
    return msg("These images do not say the size of their pixels in mm.");
  if (differentPlaces(frames) < FEWEST)
    return msg("These images all lie in the same place: there is nothing to reconstruct.");
  return null;
}
