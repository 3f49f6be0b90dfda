/**
 * Colours in place of greys. Hot iron, PET, hot metal blue and PET 20 step are the well-known palettes of PS3.6
 * Annex B, given by their corners: between two of them values run straight and are rounded.
 */

import { msg } from "../i18n/translate";
import { wordsOf } from "./finish";

type Corners = readonly (readonly [grey: number, value: number])[];

export interface ColourMap {
  readonly id: string;
  /** English message */
  readonly name: string;
  readonly palette: Uint32Array;
}

function straight(corners: Corners): Uint8Array {
  const out = new Uint8Array(256);
  for (let i = 1; i < corners.length; i++) {
    const [from, low] = corners[i - 1] ?? [0, 0];
    const [to, high] = corners[i] ?? [0, 0];
    for (let grey = from; grey <= to; grey++) {
      out[grey] = Math.floor(low + ((high - low) * (grey - from)) / (to - from) + 0.5);
    }
  }
  return out;
}

function ramps(red: Corners, green: Corners, blue: Corners): Uint32Array {
  const [r, g, b] = [straight(red), straight(green), straight(blue)];
  return wordsOf((grey) => [r[grey] ?? 0, g[grey] ?? 0, b[grey] ?? 0]);
}

/** Each colour holds from its grey up to the next one's. */
function steps(starts: readonly (readonly [grey: number, colour: number])[]): Uint32Array {
  return wordsOf((grey) => {
    const [, colour] = starts.findLast(([start]) => start <= grey) ?? [0, 0];
    return [colour >> 16, (colour >> 8) & 255, colour & 255];
  });
}

const HOT_IRON = ramps(
  [
    [0, 0],
    [127, 254],
    [129, 255],
    [255, 255],
  ],
  [
    [0, 0],
    [128, 0],
    [254, 252],
    [255, 255],
  ],
  [
    [0, 0],
    [191, 0],
    [254, 252],
    [255, 255],
  ],
);

const PET = ramps(
  [
    [0, 0],
    [63, 0],
    [64, 1],
    [149, 170],
    [150, 171],
    [192, 255],
    [255, 255],
  ],
  [
    [0, 0],
    [31, 62],
    [33, 67],
    [62, 125],
    [63, 128],
    [95, 64],
    [97, 61],
    [127, 1],
    [128, 0],
    [254, 252],
    [255, 255],
  ],
  [
    [0, 0],
    [1, 1],
    [128, 255],
    [130, 248],
    [192, 0],
    [233, 165],
    [235, 174],
    [254, 250],
    [255, 255],
  ],
);

const HOT_METAL_BLUE = ramps(
  [
    [0, 0],
    [85, 0],
    [102, 50],
    [119, 90],
    [153, 190],
    [170, 255],
    [255, 255],
  ],
  [
    [0, 0],
    [119, 0],
    [238, 224],
    [255, 255],
  ],
  [
    [0, 0],
    [17, 33],
    [42, 83],
    [43, 84],
    [76, 149],
    [93, 183],
    [94, 184],
    [102, 200],
    [119, 150],
    [136, 50],
    [153, 0],
    [170, 0],
    [238, 200],
    [255, 255],
  ],
);

const PET_20_STEP = steps([
  [0, 0x000000],
  [13, 0x600050],
  [26, 0x303050],
  [39, 0x303070],
  [51, 0x505080],
  [64, 0x6060b0],
  [77, 0x7070c0],
  [90, 0x8080e0],
  [102, 0x306030],
  [115, 0x309030],
  [128, 0x50c050],
  [141, 0x40e040],
  [153, 0xe0e050],
  [166, 0xd0d060],
  [179, 0xd0b040],
  [192, 0xd09000],
  [204, 0xc06000],
  [217, 0xb03000],
  [230, 0xff0000],
  [243, 0xffffff],
]);

/** Blue over green and yellow to red, black below. */
const RAINBOW = ramps(
  [
    [0, 0],
    [128, 0],
    [192, 255],
    [255, 255],
  ],
  [
    [0, 0],
    [32, 0],
    [96, 255],
    [192, 255],
    [255, 0],
  ],
  [
    [0, 0],
    [32, 255],
    [96, 255],
    [128, 0],
    [255, 0],
  ],
);

export const COLOUR_MAPS: readonly ColourMap[] = [
  { id: "HOT_IRON", name: msg("Hot iron"), palette: HOT_IRON },
  { id: "PET", name: msg("PET colours"), palette: PET },
  { id: "HOT_METAL_BLUE", name: msg("Hot metal blue"), palette: HOT_METAL_BLUE },
  { id: "PET_20_STEP", name: msg("PET in 20 steps"), palette: PET_20_STEP },
  { id: "RAINBOW", name: msg("Rainbow"), palette: RAINBOW },
];

export function paletteNamed(id: string): Uint32Array | null {
  return COLOUR_MAPS.find((map) => map.id === id)?.palette ?? null;
}
