/** What a renderer is asked to draw, whoever paints it: the processor (cpu_painter.ts) or WebGL2 (webgl2.ts). */

import type { PartWish } from "../stream/parts";
import type { Finish } from "./finish";
import type { Affine, Size } from "./geometry";
import type { GreyScale, StoredValues, Window } from "./window";

export type Picture =
  | {
      readonly kind: "stored";
      readonly values: StoredValues;
      readonly plane: Size;
      readonly scale: GreyScale;
      readonly window: Window;
      readonly finish: Finish;
      /** of a large image: which part of it the values are; `plane` is then the part's */
      readonly at?: PartWish;
    }
  | {
      readonly kind: "bitmap";
      readonly bitmap: ImageBitmap;
      /** pixels of the whole image, whatever the bitmap's own size */
      readonly plane: Size;
      readonly invert: boolean;
      /** colour maps are for greys alone */
      readonly isGrey: boolean;
      /** shown grey of each grey of the bitmap: a preview under another window than its own */
      readonly tones: Uint8Array | null;
      readonly finish: Finish;
    };

export interface Renderer {
  /** `toDevice` maps image coordinates to device pixels; null clears. */
  draw(picture: Picture | null, toDevice: Affine, size: Size): void;
  /** Nothing is drawn any more, not even what was still to come. */
  stop(): void;
}
