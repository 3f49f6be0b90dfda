/** Amounts of data as people read them: decimal units, no more digits than help. */

import { formatNumber } from "../i18n/translate";

const UNITS = ["kB", "MB", "GB", "TB"] as const;

export function bytesText(bytes: number): string {
  let value = bytes / 1000;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${formatNumber(value, value < 9.95 && unit > 0 ? 1 : 0)} ${UNITS[unit]}`;
}
