/** From the body of /stored to values, by the coding that was asked for. */

import type { StoredValues } from "../viewport/window";
import { decodePredicted } from "./prediction";
import { decodeStored, type StoredShape } from "./wire";

/** `left`: little work, more bytes; `predicted`: the other way round (app/render/packing.py) */
export type Coding = "left" | "predicted";

export interface Job {
  readonly wire: Uint8Array<ArrayBuffer>;
  readonly shape: StoredShape;
  readonly coding: Coding;
}

export function decode({ wire, shape, coding }: Job): StoredValues {
  return coding === "predicted" ? decodePredicted(wire, shape) : decodeStored(wire, shape);
}
