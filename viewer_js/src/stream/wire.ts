/**
 * Stored values as they travel: each row's differences to the left neighbour (the first pixel as it is), modulo
 * 2^bits; of 16-bit values all low bytes first, then all high bytes. HTTP's Content-Encoding lies around it and is
 * undone by the browser. Smooth pictures become runs of small bytes, which zstd and gzip shrink well.
 */

import type { StoredValues } from "../viewport/window";

export interface StoredShape {
  rows: number;
  columns: number;
  bits_stored: number;
  signed: boolean;
}

export class WireError extends Error {}

export function decodeStored(wire: Uint8Array, shape: StoredShape): StoredValues {
  const count = shape.rows * shape.columns;
  const wide = shape.bits_stored > 8;
  if (wire.length !== (wide ? 2 * count : count)) {
    throw new WireError(`${wire.length} bytes for ${shape.columns} × ${shape.rows} values`);
  }
  return wide ? wideValues(wire, shape, count) : narrowValues(wire, shape);
}

function wideValues(wire: Uint8Array, { rows, columns, signed }: StoredShape, count: number): StoredValues {
  const values = new Uint16Array(count);
  for (let row = 0, i = 0; row < rows; row++) {
    let value = 0;
    for (let column = 0; column < columns; column++, i++) {
      value = (value + ((wire[i] as number) | ((wire[count + i] as number) << 8))) & 0xffff;
      values[i] = value;
    }
  }
  return signed ? new Int16Array(values.buffer) : values;
}

function narrowValues(wire: Uint8Array, { rows, columns, signed }: StoredShape): StoredValues {
  const values = new Uint8Array(wire.length);
  for (let row = 0, i = 0; row < rows; row++) {
    let value = 0;
    for (let column = 0; column < columns; column++, i++) {
      value = (value + (wire[i] as number)) & 0xff;
      values[i] = value;
    }
  }
  return signed ? new Int8Array(values.buffer) : values;
}
