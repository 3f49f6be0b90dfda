/** What the codes of what comes of a consult are called on the screen. */

import { msg, t } from "../../i18n/translate";
import type { Agreement, Follows, ReaderKind } from "../event_types";
import type { ReturnReason } from "../wire";

const RETURN_REASONS: Record<ReturnReason, string> = {
  "missing-series": msg("A series is missing"),
  "poor-image": msg("The images cannot be read well enough"),
  "unclear-question": msg("The question is unclear"),
  "wrong-patient": msg("Patient and images do not match"),
  other: msg("Something else"),
};

/** In the order in which they are offered: the most frequent first. */
export function returnReasons(): [value: string, name: string][] {
  return Object.entries(RETURN_REASONS).map(([value, name]) => [value, t(name)]);
}

export function returnReasonName(reason: ReturnReason): string {
  return t(RETURN_REASONS[reason]);
}

export const FOLLOWS: Record<Follows, string> = {
  fully: msg("Follows the opinion"),
  partly: msg("Follows it in part"),
  not: msg("Does not follow it"),
};

export const AGREEMENTS: Record<Agreement, string> = {
  agree: msg("Agrees with the opinion"),
  partly: msg("Agrees in part"),
  disagree: msg("Disagrees with the opinion"),
};

export const KINDS: Record<ReaderKind, string> = {
  separate: msg("Opinion of their own"),
  blind: msg("Blind second reading"),
  joint: msg("Joint opinion"),
};

export const KIND_HINTS: Record<ReaderKind, string> = {
  separate: msg("Sees everything and adds conclusions."),
  blind: msg("Sees the images and the case, but no opinion, until theirs is given."),
  joint: msg("Signs the opinion of the consulting doctor; it counts when all have signed."),
};
