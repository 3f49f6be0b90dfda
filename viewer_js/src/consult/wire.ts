/** What travels between the room and the server: plain data, as the server sends it. */

import type { Annotation } from "../annotations/model";
import type { View } from "../api/viewer_app";
import type {
  AttachmentAddedData,
  BasisData,
  DecisionRecordedData,
  LabRow,
  OutcomeReportedData,
  Party,
  Person,
  ReturnReason,
  Side,
  State,
  StudyRef,
  Urgency,
  Verb,
} from "./event_types";

export type {
  ConsultEvent,
  Party,
  Person,
  ReturnReason,
  State,
  StudyRef,
  Urgency,
  Verb,
} from "./event_types";
export type { Annotation, View };

/** Somebody with the side they are on. */
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

export interface Patient {
  readonly name: string;
  readonly id: string;
  readonly birth_date: string | null;
  readonly sex: string;
}

export interface Consult {
  readonly id: string;
  readonly number: string | null;
  readonly state: State;
  readonly urgency: Urgency;
  readonly due_at: string | null;
  /** Null for a case from before there were bases. */
  readonly basis?: BasisData | null;
  readonly history: string;
  readonly patient: Patient;
  readonly questions: readonly Question[];
  readonly opinion: string | null;
  readonly report_id: string | null;
  readonly reason: string | null;
  /** Why it was sent back, while it is. */
  readonly return_reason?: ReturnReason | null;
  /** What the referrer mended when sending it again. */
  readonly resubmission?: string | null;
  readonly access_days: number;
  readonly access_ends_at: string | null;
  readonly referring: Party;
  readonly consulting: Party;
  readonly studies: readonly StudyRef[];
  /** Everybody who has been in the room, in the order of coming. */
  readonly participants: readonly Me[];
  readonly allowed: readonly Verb[];
}

/** What the referrer decided, and what the case turned out to be. */
export interface Opinions {
  readonly decision: (DecisionRecordedData & Said) | null;
  readonly outcome: (OutcomeReportedData & Said) | null;
  /** When the outcome was last asked for. */
  readonly wanted_at: string | null;
}

/** What the case brings beside its images, each list in the order of coming. */
export interface Attachments {
  readonly files: readonly CaseFile[];
  readonly labs: readonly LabRow[];
}

export type CaseFile = AttachmentAddedData & Said;

interface Said {
  readonly by: Person;
  readonly at: string;
}

/** What one event number after another builds up; a fresh fetch gives exactly the same. */
export interface RoomState {
  readonly head: number;
  readonly consult: Consult;
  readonly messages: readonly Message[];
  readonly annotations: readonly Annotation[];
  readonly opinions?: Opinions;
  readonly attachments?: Attachments;
}
