/** Mammograms hang back to back: the chest wall of the right breast at the right edge, of the left one at the left. */

import { effect, untracked } from "@preact/signals";
import type { Frame } from "../stream/stack";
import { fitScale, type ImagePlane, type Placement, type Size } from "./geometry";
import type { ViewportModel } from "./model";

/** Where the chest wall is in the picture: by its orientation, else as breasts are always stored. */
export function chestWall({ instance }: Frame): "left" | "right" | null {
  const across = instance.patient_orientation?.[0]?.charAt(0);
  if (across === "P") return "right";
  if (across === "A") return "left";
  return instance.laterality === "R" ? "right" : instance.laterality === "L" ? "left" : null;
}

/** The fitted picture moved sideways until the chest wall touches the edge of the viewport. */
export function againstEdge(
  plane: ImagePlane,
  size: Size,
  now: Placement,
  side: "left" | "right",
): Placement {
  const half = size.width / 2 / (fitScale(plane, size, now.rotation) * now.zoom);
  const x = side === "right" ? plane.columns - half : half;
  return { ...now, centre: [x, now.centre[1]] };
}

/** Keeps the picture at its edge while viewports are laid out, until somebody moves it or shows another. */
export function hangAtEdge(viewport: ViewportModel): () => void {
  const hung = viewport.frame.peek();
  const side = hung && chestWall(hung);
  let mine: Placement | null = null;
  return effect(() => {
    const size = viewport.size.value;
    const isStill = viewport.frame.value === hung && (mine === null || viewport.placement.peek() === mine);
    if (!side || !isStill || size.width === 0) return;
    untracked(() => viewport.place((now) => againstEdge(viewport.plane.peek(), size, now, side)));
    mine = viewport.placement.peek();
  });
}
