/** Blocks of voxels for tests. */

import type { Box } from "../../src/volume/box";

/** 512 × 512 × 101 voxels of 0.5 × 0.5 × 2 mm, its first voxel at L, P, H = -100, -100, 50. */
export const UPRIGHT: Box = {
  origin: [-100, -100, 50],
  axes: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  spacing: [0.5, 0.5, 2],
  count: [512, 512, 101],
};

const [C, S] = [Math.cos(0.3), Math.sin(0.3)];

/** The same with the gantry tilted: slices go up and towards the back. */
export const TILTED: Box = {
  ...UPRIGHT,
  axes: [
    [1, 0, 0],
    [0, 1, 0],
    [0, S, C],
  ],
};
