/** What travels between the room and the server: plain data, as the server sends it. */

import type { Annotation } from "../annotations/model";
import type { View } from "../api/viewer_app";
import type {
  AttachmentAddedData,
  BasisData,
  CaseSentAsIsData,
  DecisionRecordedData,
  GuestData,
  LabRow,
  MinutesNews,
  OfferData,
  OutcomeReportedData,
  Party,
  Person,
  ReaderData,
  ReadingData,
  RecordingData,
  Region,
  Reply,
  ReturnReason,
  Sentence,
  Side,
  StartPlace,
  State,
  StudyRef,
  Urgency,
  Verb,
  Voice,
} from "./event_types";

export type {
  ConsultEvent,
  OfferData,
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

/** What a line carries beside its words; nothing is there that was not given. */
export interface LineMore {
  readonly attachments?: readonly string[] | null;
  readonly mentions?: readonly string[] | null;
  /** The only people who may read it, its writer among them. */
  readonly recipients?: readonly string[] | null;
  readonly region?: Region | null;
  readonly reply_to?: Reply | null;
  /** `number`: the event that wrote the text; the server finds it. */
  readonly sentence?: (Omit<Sentence, "number"> & Partial<Pick<Sentence, "number">>) | null;
  /** How its one sound looks. */
  readonly voice?: Voice | null;
}

export interface Message extends LineMore {
  /** The walk-through it hands over. */
  readonly recording?: string | null;
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
  /** Before whom the case lies until somebody accepts it. */
  readonly offer?: OfferData | null;
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
  /** The specialists beside the consultant, in the order of being asked. */
  readonly readers: readonly Reader[];
  /** Every text of the opinion and the answers, in the order of giving; not there for whoever is not told of them. */
  readonly written?: readonly Written[];
}

/** `question_id` null: the opinion. `number`: of the event that wrote it. */
export interface Written extends Said {
  readonly question_id: string | null;
  readonly text: string;
  readonly number: number;
}

/** A further specialist. `reading` is their own opinion, `consented_at` when they signed the joint one. */
export interface Reader extends ReaderData {
  readonly invited_by: Person;
  readonly invited_at: string;
  readonly consented_at: string | null;
  readonly reading: (ReadingData & { readonly at: string }) | null;
}

/** What the case brings beside its images, each list in the order of coming. */
export interface Attachments {
  readonly files: readonly CaseFile[];
  readonly labs: readonly CaseLab[];
}

export type CaseFile = AttachmentAddedData & Said;

export type CaseLab = LabRow & Pick<Said, "by">;

interface Said {
  readonly by: Person;
  readonly at: string;
}

export type Preflight = CaseSentAsIsData & Said;

/** What one event number after another builds up; a fresh fetch gives exactly the same. */
export interface RoomState {
  readonly head: number;
  readonly consult: Consult;
  readonly messages: readonly Message[];
  readonly annotations: readonly Annotation[];
  /** People invited without an account, in the order of being invited. */
  readonly guests?: readonly GuestData[];
  readonly opinions?: Opinions;
  readonly attachments?: Attachments;
  /** Null until somebody has taken the pen. */
  readonly minutes?: MinutesNews | null;
  /** What the case was sent with as it is; null when nothing stood against it. */
  readonly preflight?: Preflight | null;
  /** The images to begin with. */
  readonly recordings?: readonly RecordingData[];
  readonly starts?: readonly StartPlace[];
}
