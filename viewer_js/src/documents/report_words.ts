/** Values of a report in words. */

import { currentLanguage, msg, t } from "../i18n/translate";
import { dayText, timeText } from "../ui/format";
import type { Measured, ReportNode } from "./report_types";

/** Units of UCUM that are words in braces or signs nobody reads. */
const UNITS: Readonly<Record<string, string>> = {
  "1": "", "[arb'U]": "", "{ratio}": "", "{events}": "", "{pulses}": "", Cel: "°C", deg: "°", "[hnsf'U]": "HU", "g/ml{SUVbw}": "SUVbw", ug: "µg", um: "µm", uV: "µV",
}; // biome-ignore format: a table

export function unitText(unit: string): string {
  if (/^\{.*\}$/.test(unit)) return "";
  return (UNITS[unit] ?? unit)
    .replace(/\bmm2\b/, "mm²")
    .replace(/\bcm2\b/, "cm²")
    .replace(/\bm2\b/, "m²")
    .replace(/3\b/, "³")
    .replace(/\./, "·");
}

/** "12.4 mm"; without a number the reason of the machine. */
export function measuredText(measured: Measured | null | undefined): string {
  const value = measured?.value;
  if (!value) return measured?.qualifier?.meaning || "–";
  const { number } = value;
  const shown = number === null ? value.text : numberText(number);
  const unit = unitText(measured.unit?.value || measured.unit?.meaning || "");
  const text = unit === "°" || unit === "%" ? `${shown}${unit === "%" ? " %" : unit}` : `${shown} ${unit}`;
  return text.trim();
}

/** As exact as it was sent, within reason: a dose area product in Gy·m² begins behind four zeros. */
function numberText(number: number): string {
  return number.toLocaleString(currentLanguage(), { maximumSignificantDigits: 6 });
}

/** DA ("20260302"), TM ("081700.5") or DT, one behind the other, as the reader's language writes them. */
export function momentText(moment: string): string {
  const digits = moment.match(/^(\d{8})(\d{4,})?/);
  if (!digits) return timeText(moment) || moment;
  return [dayText(digits[1] ?? ""), timeText(digits[2] ?? null)].filter(Boolean).join(" ");
}

/** What a plain node says behind its name. */
export function valueText(node: ReportNode): string {
  if (node.measured !== undefined) return measuredText(node.measured);
  if (node.code) return node.code.meaning || node.code.value;
  if (node.moment !== undefined) return momentText(node.moment);
  return node.text ?? "";
}

/** Codes of PS3.3 C.17.2 in words. */
const STATES: Readonly<Record<string, string>> = {
  COMPLETE: msg("Report complete"),
  FINAL: msg("Final"),
  PARTIAL: msg("Partial"),
  PRELIMINARY: msg("Preliminary"),
  UNVERIFIED: msg("Not verified"),
  VERIFIED: msg("Verified"),
};

export function stateText(code: string): string {
  const word = STATES[code];
  return word ? t(word) : code;
}
