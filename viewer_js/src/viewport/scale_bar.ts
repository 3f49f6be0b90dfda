/** A bar of a round number of millimetres. */

const STEPS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500];

export interface ScaleBar {
  millimetres: number;
  /** CSS pixels */
  length: number;
}

/** The longest round bar that is no longer than `room` CSS pixels. */
export function scaleBar(pixelsPerMillimetre: number, room: number): ScaleBar | null {
  const fitting = STEPS.filter((step) => step * pixelsPerMillimetre <= room).at(-1);
  return fitting === undefined ? null : { millimetres: fitting, length: fitting * pixelsPerMillimetre };
}
