import { t } from "../i18n/translate";

export type DueLevel = "calm" | "late" | "soon";

export interface Due {
  readonly level: DueLevel;
  readonly text: string;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** A quarter of an hour is when somebody should have begun to write. */
const SOON = 15 * MINUTE;

/** How long until an answer is due, in words. */
export function dueIn(dueAt: string, now: number): Due {
  const left = Date.parse(dueAt) - now;
  if (left < 0) return { level: "late", text: t("overdue by {span}", { span: span(-left) }) };
  return { level: left < SOON ? "soon" : "calm", text: t("{span} left", { span: span(left) }) };
}

/** Two units at most: 2 days 3 h, 3 h 20 min, 4 min. */
export function span(milliseconds: number): string {
  const days = Math.floor(milliseconds / DAY);
  const hours = Math.floor((milliseconds % DAY) / HOUR);
  const minutes = Math.floor((milliseconds % HOUR) / MINUTE);
  if (days > 0) return t("{days} d {hours} h", { days, hours });
  if (hours > 0) return t("{hours} h {minutes} min", { hours, minutes });
  return t("{minutes} min", { minutes });
}
