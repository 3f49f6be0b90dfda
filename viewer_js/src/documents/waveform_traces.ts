/** Where curves lie on paper, in millimetres: 25 mm a second and 10 mm a millivolt, as everybody reads them. */

import type { Code, Measured } from "./report_types";

/** app/documents/waveform.py */
export interface ChannelAnswer {
  readonly name: string;
  readonly code: Code | null;
  readonly unit: Code | null;
  readonly filters: {
    readonly low: number | null;
    readonly high: number | null;
    readonly notch: number | null;
  };
  /** base64 of little-endian float32 in the unit */
  readonly data: string;
}

export interface GroupAnswer {
  readonly label: string;
  readonly rate: number;
  readonly samples: number;
  readonly channels: readonly ChannelAnswer[];
}

export interface WaveformNote {
  readonly text: string;
  readonly name: Code | null;
  readonly code: Code | null;
  readonly number: number | null;
  readonly unit: Measured["unit"];
}

export interface WaveformAnswer {
  readonly at: string;
  readonly groups: readonly GroupAnswer[];
  readonly notes: readonly WaveformNote[];
}

export interface Curve {
  readonly name: string;
  /** in millivolts where `isVoltage`, else in the channel's own unit */
  readonly values: Float32Array;
  readonly unit: string;
  readonly isVoltage: boolean;
}

/** A part of a curve at its place. */
export interface Trace {
  readonly curve: Curve;
  readonly from: number;
  readonly to: number;
  /** of the first sample, and of the curve's zero, from the top left */
  readonly x: number;
  readonly y: number;
  /** millimetres of a unit */
  readonly gain: number;
}

export interface Sheet {
  readonly width: number;
  readonly height: number;
  readonly traces: readonly Trace[];
}

export interface Paper {
  /** millimetres a second */
  readonly speed: number;
  /** millimetres a millivolt */
  readonly gain: number;
}

export const STANDARD: Paper = { speed: 25, gain: 10 };
export const PAGE_SECONDS = 10;

const TO_MILLIVOLT: Readonly<Record<string, number>> = { V: 1000, mV: 1, nV: 1e-6, uV: 1e-3, µV: 1e-3 };
const LEADS = ["I", "aVR", "V1", "V4", "II", "aVL", "V2", "V5", "III", "aVF", "V3", "V6"];
const RHYTHM = "II";
const [ROW, MARGIN, OTHER_HEIGHT] = [30, 6, 22];

function samplesOf(data: string): Float32Array {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  return new Float32Array(bytes.buffer);
}

/** "Lead aVR (Goldberger)" as "aVR". */
export function leadName(name: string): string {
  const match = name.match(/\b(aVR|aVL|aVF|V[1-9]R?|III|II|I)\b/i)?.[1];
  if (!match) return name;
  return LEADS.find((lead) => lead.toLowerCase() === match.toLowerCase()) ?? match;
}

export function curvesOf(group: GroupAnswer): Curve[] {
  return group.channels.map(({ name, unit, data }) => {
    const factor = TO_MILLIVOLT[unit?.value ?? ""];
    const values = samplesOf(data);
    return {
      name: leadName(name),
      values: factor === undefined ? values : values.map((value) => value * factor),
      unit: factor === undefined ? (unit?.value ?? "") : "mV",
      isVoltage: factor !== undefined,
    };
  });
}

export function isTwelveLead(curves: readonly Curve[]): boolean {
  return LEADS.every((lead) => curves.some(({ name }) => name === lead));
}

/** Curves that are no voltages fill their row, whatever their unit. */
function gainOf({ isVoltage, values }: Curve, paper: Paper): { gain: number; centre: number } {
  if (isVoltage) return { gain: paper.gain, centre: 0 };
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return high > low
    ? { gain: OTHER_HEIGHT / (high - low), centre: (high + low) / 2 }
    : { gain: 1, centre: low };
}

interface Part {
  readonly curve: Curve;
  readonly from: number;
  readonly to: number;
  readonly x: number;
  readonly row: number;
}

function placed({ curve, from, to, x, row }: Part, paper: Paper): Trace {
  const { gain, centre } = gainOf(curve, paper);
  return { curve, from, to, x: MARGIN + x, y: MARGIN + (row + 0.5) * ROW + centre * gain, gain };
}

/** Each lead in a row of its own; `start` and `seconds` of the recording. */
export function rowsSheet(
  curves: readonly Curve[],
  rate: number,
  start: number,
  seconds: number,
  paper = STANDARD,
): Sheet {
  const [from, to] = [Math.round(start * rate), Math.round((start + seconds) * rate)];
  return {
    width: 2 * MARGIN + seconds * paper.speed,
    height: 2 * MARGIN + curves.length * ROW,
    traces: curves.map((curve, row) => placed({ curve, from, to, x: 0, row }, paper)),
  };
}

/** Three rows of four leads, a quarter of the time each, and lead II below through the whole. */
export function twelveLeadSheet(
  curves: readonly Curve[],
  rate: number,
  start: number,
  seconds: number,
  paper = STANDARD,
): Sheet {
  const named = new Map(curves.map((curve) => [curve.name, curve]));
  const quarter = seconds / 4;
  const parts = LEADS.flatMap((lead, place): Part[] => {
    const curve = named.get(lead);
    const column = place % 4;
    const from = start + column * quarter;
    return curve
      ? [
          {
            curve,
            from: Math.round(from * rate),
            to: Math.round((from + quarter) * rate),
            x: column * quarter * paper.speed,
            row: Math.floor(place / 4),
          },
        ]
      : [];
  });
  const rhythm = named.get(RHYTHM);
  if (rhythm)
    parts.push({
      curve: rhythm,
      from: Math.round(start * rate),
      to: Math.round((start + seconds) * rate),
      x: 0,
      row: 3,
    });
  return {
    width: 2 * MARGIN + seconds * paper.speed,
    height: 2 * MARGIN + 4 * ROW,
    traces: parts.map((part) => placed(part, paper)),
  };
}
