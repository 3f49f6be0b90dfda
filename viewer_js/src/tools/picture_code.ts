/** One file for the line: see picture_hands.ts. */

export { choose, presetsFor } from "../viewport/presets";
export { windowOfImage, windowOfRegion } from "../viewport/region_window";
