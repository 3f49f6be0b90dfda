/** The study's facts as a person reads them. */

import { currentLanguage, t, tn } from "../i18n/translate";

/** As the pages write them. */
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** "2026-11-22" or "20261122" as the reader's language writes a day; anything else as it is. */
export function dayText(day: string | null): string {
  const match = day?.match(/^(\d{4})-?(\d{2})-?(\d{2})/);
  if (!match) return day ?? "";
  const [, year, month, date] = match;
  if (currentLanguage() === "vi") return `${date}/${month}/${year}`;
  const name = MONTHS[Number(month) - 1];
  return name === undefined ? (day ?? "") : `${Number(date)} ${name} ${year}`;
}

/** "13:05" of "130507.12" or "13:05:07". */
export function timeText(time: string | null): string {
  const match = time?.match(/^(\d{2}):?(\d{2})/);
  return match ? `${match[1]}:${match[2]}` : "";
}

export function sexText(sex: string | null): string {
  const names: Record<string, string> = { F: t("Female"), M: t("Male"), O: t("Other sex") };
  return names[sex ?? ""] ?? "";
}

/** "Nguyễn^Văn An" with its parts apart. */
export function nameText(name: string): string {
  const [alphabetic = ""] = name.split("=");
  return alphabetic.split("^").filter(Boolean).join(" ");
}

/** "045Y" as "45 years". */
export function ageText(age: string | null): string {
  const match = age?.match(/^0*(\d+)([YMWD])$/);
  if (!match) return age ?? "";
  const count = Number(match[1]);
  const units: Record<string, string> = {
    D: tn("{count} day old", "{count} days old", count),
    M: tn("{count} month old", "{count} months old", count),
    W: tn("{count} week old", "{count} weeks old", count),
    Y: tn("{count} year old", "{count} years old", count),
  };
  return units[match[2] ?? ""] ?? "";
}
