/**
 * Stored values in the coding `predicted` (app/render/prediction.py): each value is guessed from its six neighbours
 * that come before it, by weights that travel with the band of rows; what the guess leaves is sorted by kind of place.
 */

import type { StoredValues } from "../viewport/window";
import { type StoredShape, WireError } from "./wire";

const KINDS = [8, 40, 200] as const;
const BAND = 1 << 18;
const LEAST_ROWS = 16;
const HEAD = 14;
const MARGIN = 2;

interface Band {
  /** where the low bytes of each kind of place go on */
  readonly at: Int32Array;
  /** of N, W, NW, NE, WW, NN for each kind */
  readonly weights: Int32Array;
  /** from a low byte to its high byte; 0 when values have 8 bits */
  readonly high: number;
  readonly end: number;
}

function bandAt(wire: Uint8Array, at: number, count: number, wide: boolean): Band {
  const view = new DataView(wire.buffer, wire.byteOffset, wire.byteLength);
  const kinds = KINDS.length + 1;
  const data = at + kinds * HEAD;
  const end = data + (wide ? 2 * count : count);
  if (end > wire.length) throw new WireError(`${wire.length} bytes end before the values do`);
  const band = { at: new Int32Array(kinds), weights: new Int32Array(kinds * 6), high: wide ? count : 0, end };
  let begin = data;
  for (let kind = 0; kind < kinds; kind++) {
    const head = at + kind * HEAD;
    band.at[kind] = begin;
    begin += view.getUint32(head, true);
    let left = 256;
    for (let i = 0; i < 5; i++) {
      const weight = view.getInt16(head + 4 + 2 * i, true);
      band.weights[kind * 6 + i + 1] = weight;
      left -= weight;
    }
    band.weights[kind * 6] = left;
  }
  if (begin !== data + count) throw new WireError("the values of a band do not add up");
  return band;
}

/** Rows with a margin of two at the left and one at the right, the newest last; they take turns. */
type Rows = [Int32Array, Int32Array, Int32Array];

export function decodePredicted(wire: Uint8Array, shape: StoredShape): StoredValues {
  const { rows, columns, signed } = shape;
  const wide = shape.bits_stored > 8;
  const values = wide ? new Uint16Array(rows * columns) : new Uint8Array(rows * columns);
  const row = () => new Int32Array(columns + MARGIN + 1);
  const lines: Rows = [row(), row(), row()];
  const step = Math.max(LEAST_ROWS, Math.floor(BAND / columns));
  let at = 0;
  for (let top = 0; top < rows; top += step) {
    const end = Math.min(top + step, rows);
    const band = bandAt(wire, at, (end - top) * columns, wide);
    for (let y = top; y < end; y++) {
      decodeRow(wire, band, lines, shape);
      values.set(lines[2].subarray(MARGIN, MARGIN + columns), y * columns);
      lines.push(lines.shift() as Int32Array);
    }
    at = band.end;
  }
  if (at !== wire.length) throw new WireError(`${wire.length - at} bytes too many`);
  if (!signed) return values;
  return wide ? new Int16Array(values.buffer) : new Int8Array(values.buffer);
}

function decodeRow(
  wire: Uint8Array,
  band: Band,
  lines: Rows,
  { columns, bits_stored, signed }: StoredShape,
): void {
  const { at, weights, high } = band;
  // before the turn: [two rows above, the row above, the oldest, which is written anew]
  const [far, above, row] = lines;
  const spare = bits_stored > 8 ? 16 : 24;
  const [smooth, rough, edged] = KINDS;
  row[0] = row[1] = above[MARGIN] as number;
  let west = row[1] as number;
  let westWest = west;
  for (let x = MARGIN; x < columns + MARGIN; x++) {
    const north = above[x] as number;
    const northWest = above[x - 1] as number;
    const northEast = above[x + 1] as number;
    const unrest = Math.abs(northEast - north) + Math.abs(north - northWest) + Math.abs(northWest - west);
    const kind = unrest < rough ? (unrest < smooth ? 0 : 1) : unrest < edged ? 2 : 3;
    const w = kind * 6;
    const guess =
      ((weights[w] as number) * north +
        (weights[w + 1] as number) * west +
        (weights[w + 2] as number) * northWest +
        (weights[w + 3] as number) * northEast +
        (weights[w + 4] as number) * westWest +
        (weights[w + 5] as number) * (far[x] as number) +
        128) >>
      8;
    const place = at[kind] as number;
    at[kind] = place + 1;
    const folded = (wire[place] as number) | (high === 0 ? 0 : (wire[place + high] as number) << 8);
    const sum = (guess + ((folded >>> 1) ^ -(folded & 1))) << spare;
    westWest = west;
    west = signed ? sum >> spare : sum >>> spare;
    row[x] = west;
  }
  row[columns + MARGIN] = west;
}
