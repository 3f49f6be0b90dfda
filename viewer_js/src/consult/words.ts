/** What the server's codes are called on the screen. */

import { msg, t } from "../i18n/translate";
import type { State, Urgency } from "./wire";

const STATES: Record<State, string> = {
  accepted: msg("Accepted"),
  cancelled: msg("Cancelled"),
  completed: msg("Completed"),
  draft: msg("Draft"),
  "in-progress": msg("In progress"),
  "on-hold": msg("On hold"),
  rejected: msg("Refused"),
  requested: msg("Waiting for acceptance"),
};

const STATE_TONES: Record<State, string> = {
  accepted: "accent",
  cancelled: "",
  completed: "good",
  draft: "",
  "in-progress": "accent",
  "on-hold": "warn",
  rejected: "bad",
  requested: "warn",
};

const URGENCIES: Record<Urgency, string> = {
  emergency: msg("Emergency"),
  routine: msg("Routine"),
  urgent: msg("Urgent"),
};

export function stateName(state: State): string {
  return t(STATES[state]);
}

export function stateTone(state: State): string {
  return STATE_TONES[state];
}

export function urgencyName(urgency: Urgency): string {
  return t(URGENCIES[urgency]);
}

export function urgencyTone(urgency: Urgency): string {
  return urgency === "emergency" ? "bad" : urgency === "urgent" ? "warn" : "";
}
