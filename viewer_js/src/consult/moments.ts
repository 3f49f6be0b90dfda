import { signal } from "@preact/signals";
import { currentLanguage } from "../i18n/translate";

/** The pages' zone and the form's: a computer set to another one must not show another time. */
const ZONE = "Asia/Ho_Chi_Minh";
const OFFSET = "+07:00"; // no daylight saving since 1975

/** The present to half a minute, for everything on the screen that counts down. */
export const now = signal(Date.now());
setInterval(() => {
  now.value = Date.now();
}, 30_000);

function format(at: string, options: Intl.DateTimeFormatOptions): string {
  const locale = currentLanguage() === "vi" ? "vi-VN" : "en-GB";
  return new Intl.DateTimeFormat(locale, { ...options, timeZone: ZONE }).format(new Date(at));
}

function isToday(at: string): boolean {
  return dateOf(at) === dateOf(new Date(now.value).toISOString());
}

/** 14:05 today, otherwise with its day. */
export function timeOf(at: string): string {
  const clock: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit" };
  return format(at, isToday(at) ? clock : { ...clock, day: "2-digit", month: "2-digit" });
}

export function dateTimeOf(at: string): string {
  return format(at, { ...dayOptions(), hour: "2-digit", minute: "2-digit" });
}

export function dateOf(at: string): string {
  return format(at, dayOptions());
}

/** 29/11/2026 as Vietnamese forms have it, 29 Nov 2026 where the order of numbers would be guessed. */
function dayOptions(): Intl.DateTimeFormatOptions {
  const month = currentLanguage() === "vi" ? "2-digit" : "short";
  return { day: "2-digit", month, year: "numeric" };
}

/** What was typed into a datetime-local input, as the moment it means. */
export function momentTyped(local: string): string {
  return new Date(`${local}${OFFSET}`).toISOString();
}
