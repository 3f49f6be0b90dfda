/** `t("{count} images", { count })`: English is the key, Vietnamese comes from the .po fragments. */

export type Language = "vi" | "en";
export type Params = Readonly<Record<string, string | number>>;

let language: Language = "vi";
const vietnamese = new Map<string, string>();

/** English message -> Vietnamese message, beside those that are known already; see build/messages.ts. */
export function learn(messages: Readonly<Record<string, string>>): void {
  for (const [message, translation] of Object.entries(messages)) vietnamese.set(message, translation);
}

export function setLanguage(wanted: Language): void {
  language = wanted;
}

export function currentLanguage(): Language {
  return language;
}

function fill(message: string, params: Params): string {
  return message.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = params[name];
    return value === undefined ? whole : String(value);
  });
}

export function t(message: string, params: Params = {}): string {
  return fill(language === "vi" ? (vietnamese.get(message) ?? message) : message, params);
}

/** A counted message; Vietnamese has one form, kept under the plural. `{count}` is filled in. */
export function tn(one: string, many: string, count: number): string {
  return t(language === "en" && count === 1 ? one : many, { count });
}

/** Marks a message that a table holds now and t() translates later. */
export function msg(message: string): string {
  return message;
}

export function formatNumber(value: number, digits = 0): string {
  const locale = language === "vi" ? "vi-VN" : "en-GB";
  return new Intl.NumberFormat(locale, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(value);
}
