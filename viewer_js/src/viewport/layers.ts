/** What is drawn over an image, in image coordinates; viewport/layer_canvas.ts draws it. */

import type { Point } from "../annotations/model";
import type { Shutter } from "../objects/types";
import type { Affine } from "./geometry";

export type Layer =
  | {
      readonly kind: "bitmask";
      readonly rows: number;
      readonly columns: number;
      /** from the mask's own pixels to those of the image */
      readonly toImage: Affine;
      /** a byte for each pixel, row by row */
      readonly values: Uint8Array;
      /** how strong a value shows, 0 to 1 */
      readonly strength: (value: number) => number;
      /** the same look has the same name: masks are coloured once */
      readonly look: string;
      readonly colour: string;
    }
  | {
      readonly kind: "outline";
      readonly points: readonly Point[];
      readonly closed: boolean;
      readonly filled: boolean;
      readonly colour: string;
    }
  | { readonly kind: "text"; readonly at: Point; readonly text: string; readonly colour: string }
  | { readonly kind: "shutter"; readonly shutter: Shutter }
  /** this is a key image */
  | { readonly kind: "star"; readonly label: string };

export const SAME: Affine = { a: 1, b: 0, c: 0, d: 1, e: 0, f: 0 };
