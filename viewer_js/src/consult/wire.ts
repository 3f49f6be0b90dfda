/** What travels between the room and the server: plain data, as the server sends it. */

import type { Annotation } from "../annotations/model";
import type { View } from "../api/viewer_app";

export type { Annotation, View };

export interface Person {
  readonly id: string;
  readonly name: string;
  readonly hospital: string;
}

export type Side = "referring" | "consulting";

export interface Me extends Person {
  readonly side: Side;
}

export interface Message {
  readonly id: string;
  readonly number: number;
  readonly client_id: string;
  readonly text: string;
  readonly view: View | null;
  readonly author: Person;
  readonly at: string;
}

export interface Question {
  readonly id: string;
  readonly number: number;
  readonly text: string;
  readonly answer: string | null;
  readonly answered_by: Person | null;
}

export interface StudyRef {
  readonly id: string;
  readonly description: string;
}

export type ConsultState =
  | "accepted"
  | "cancelled"
  | "completed"
  | "draft"
  | "in-progress"
  | "on-hold"
  | "rejected"
  | "requested";

/** What somebody may wish now; the server decides it, the page only offers it. */
export type Verb =
  | "accept"
  | "annotate"
  | "answer"
  | "cancel"
  | "complete"
  | "conclude"
  | "discuss"
  | "edit"
  | "hold"
  | "reject"
  | "reopen"
  | "request"
  | "reschedule"
  | "resume"
  | "share"
  | "start"
  | "withdraw";

export interface Party {
  readonly hospital: string;
  readonly person: string | null;
}

export type Urgency = "emergency" | "routine" | "urgent";

export interface Patient {
  readonly name: string;
  readonly id: string;
  readonly birth_date: string | null;
  readonly sex: string;
}

export interface Consult {
  readonly id: string;
  readonly number: string | null;
  readonly state: ConsultState;
  readonly urgency: Urgency;
  readonly due_at: string | null;
  readonly history: string;
  readonly patient: Patient;
  readonly questions: readonly Question[];
  readonly opinion: string | null;
  readonly report_id: string | null;
  readonly reason: string | null;
  readonly access_days: number;
  readonly access_ends_at: string | null;
  readonly referring: Party;
  readonly consulting: Party;
  readonly studies: readonly StudyRef[];
  readonly allowed: readonly Verb[];
}

export interface RoomEvent {
  readonly number: number;
  readonly type: string;
  readonly at: string;
  readonly actor: Person;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface HiddenEvent {
  readonly number: number;
  readonly type: "hidden";
}

export type LogEvent = HiddenEvent | RoomEvent;

/** What one event number after another builds up; a fresh fetch gives exactly the same. */
export interface RoomState {
  readonly head: number;
  readonly consult: Consult;
  readonly messages: readonly Message[];
  readonly annotations: readonly Annotation[];
}
