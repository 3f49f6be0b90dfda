/** Made from consults/events.py by `python -m consults.typescript`; not to be changed by hand. */

import type { Annotation, View } from "./wire";

export type Agreement = "agree" | "disagree" | "partly";

export interface AgreementRef {
  readonly id: string;
  readonly minutes: number;
  readonly number: string;
  readonly version: number;
}

export interface AnnotationDeleted {
  readonly actor: Person;
  readonly at: string;
  readonly consult_id: string;
  readonly data: AnnotationDeletedData;
  readonly number: number;
  readonly type: "annotation.deleted";
}

export interface AnnotationDeletedData {
  readonly id: string;
  readonly revision: number;
  readonly study_id: string;
}

export interface AnnotationPut {
  readonly actor: Person;
  readonly at: string;
  readonly consult_id: string;
  readonly data: AnnotationPutData;
  readonly number: number;
  readonly type: "annotation.put";
}

export interface AnnotationPutData {
  readonly annotation: Annotation;
}

export interface AnswerGiven {
  readonly actor: Person;
  readonly at: string;
  readonly consult_id: string;
  readonly data: AnswerGivenData;
  readonly number: number;
  readonly type: "answer.given";
}

export interface AnswerGivenData {
  readonly number: number;
  readonly question_id: string;
  readonly text: string;
}

export interface AttachmentAdded {
  readonly actor: Person;
  readonly at: string;
  readonly consult_id: string;
  readonly data: AttachmentAddedData;
  readonly number: number;
  readonly type: "attachment.added";
}

export interface AttachmentAddedData {
  readonly description: string;
  readonly id: string;
  readonly kind: Kind;
  readonly media_type: string;
  readonly name: string;
  readonly size: number;
}

export interface AttachmentWithdrawn {
  readonly actor: Person;
  readonly at: string;
  readonly consult_id: string;
  readonly data: AttachmentWithdrawnData;
  readonly number: number;
  readonly type: "attachment.withdrawn";
}

export interface AttachmentWithdrawnData {
  readonly id: string;
}

export interface BasisCompleted {
  readonly actor: Person;
  readonly at: string;
  readonly consult_id: string;
  readonly data: ConsultData;
  readonly number: number;
  readonly type: "basis.completed";
}

export interface BasisData {
  readonly agreement: AgreementRef | null;
  readonly ground: Ground | null;
  readonly ground_note: string;
  readonly informed: InformedData | null;
  readonly missing: readonly Lack[];
  readonly mode: Mode;
  readonly paper: string | null;
  readonly remind_at: string | null;
  readonly reminders: number;
  readonly settled_at: string | null;
}

export interface BasisMissing {
  readonly actor: Person;
  readonly at: string;
  readonly consult_id: string;
  readonly data: ConsultData;
  readonly number: number;
  readonly type: "basis.missing";
}

export interface BasisReminded {
  readonly actor: Person;
  readonly at: string;
  readonly consult_id: string;
  readonly data: ConsultData;
  readonly number: number;
  readonly type: "basis.reminded";
}

export interface BasisScanned {
  readonly actor: Person;
  readonly at: string;
  readonly consult_id: string;
  readonly data: ConsultData;
  readonly number: number;
  readonly type: "basis.scanned";
}

export interface ConsultAccepted {
  readonly actor: Person;
  readonly at: string;
  readonly consult_id: string;
  readonly data: ConsultData;
  readonly number: number;
  readonly type: "consult.accepted";
}

export interface ConsultCancelled {
  readonly actor: Person;
  readonly at: string;
  readonly consult_id: string;
  readonly data: ConsultData;
  readonly number: number;
  readonly type: "consult.cancelled";
}

export interface ConsultChange {
  readonly access_days?: number | null;
  readonly access_ends_at?: string | null;
  readonly allowed?: readonly Verb[] | null;
  readonly basis?: BasisData | null;
  readonly consulting?: Party | null;
  readonly due_at?: string | null;
  readonly reason?: string | null;
  readonly resubmission?: string | null;
  readonly return_reason?: ReturnReason | null;
  readonly state?: State | null;
  readonly urgency?: Urgency | null;
}

export interface ConsultCompleted {
  readonly actor: Person;
  readonly at: string;
  readonly consult_id: string;
  readonly data: ConsultData;
  readonly number: number;
  readonly type: "consult.completed";
}

export interface ConsultData {
  readonly consult: ConsultChange;
}

export interface ConsultDrafted {
  readonly actor: Person;
  readonly at: string;
  readonly consult_id: string;
  readonly data: ConsultData;
  readonly number: number;
  readonly type: "consult.drafted";
}

export interface ConsultHeld {
  readonly actor: Person;
  readonly at: string;
  readonly consult_id: string;
  readonly data: ConsultData;
  readonly number: number;
  readonly type: "consult.held";
}

export interface ConsultRejected {
  readonly actor: Person;
  readonly at: string;
  readonly consult_id: string;
  readonly data: ConsultData;
  readonly number: number;
  readonly type: "consult.rejected";
}

export interface ConsultReopened {
  readonly actor: Person;
  readonly at: string;
  readonly consult_id: string;
  readonly data: ConsultData;
  readonly number: number;
  readonly type: "consult.reopened";
}

export interface ConsultRequested {
  readonly actor: Person;
  readonly at: string;
  readonly consult_id: string;
  readonly data: ConsultData;
  readonly number: number;
  readonly type: "consult.requested";
}

export interface ConsultRescheduled {
  readonly actor: Person;
  readonly at: string;
  readonly consult_id: string;
  readonly data: ConsultData;
  readonly number: number;
  readonly type: "consult.rescheduled";
}

export interface ConsultResubmitted {
  readonly actor: Person;
  readonly at: string;
  readonly consult_id: string;
  readonly data: ConsultResubmittedData;
  readonly number: number;
  readonly type: "consult.resubmitted";
}

export interface ConsultResubmittedData {
  readonly consult: ConsultChange;
  readonly questions: readonly RewordedQuestion[];
}

export interface ConsultResumed {
  readonly actor: Person;
  readonly at: string;
  readonly consult_id: string;
  readonly data: ConsultData;
  readonly number: number;
  readonly type: "consult.resumed";
}

export interface ConsultStarted {
  readonly actor: Person;
  readonly at: string;
  readonly consult_id: string;
  readonly data: ConsultData;
  readonly number: number;
  readonly type: "consult.started";
}

export interface ConsultWithdrawn {
  readonly actor: Person;
  readonly at: string;
  readonly consult_id: string;
  readonly data: ConsultData;
  readonly number: number;
  readonly type: "consult.withdrawn";
}

export interface DecisionRecorded {
  readonly actor: Person;
  readonly at: string;
  readonly consult_id: string;
  readonly data: DecisionRecordedData;
  readonly number: number;
  readonly type: "decision.recorded";
}

export interface DecisionRecordedData {
  readonly follows: Follows;
  readonly text: string;
}

export type Follows = "fully" | "not" | "partly";

export type Ground = "emergency" | "other" | "patient-request" | "representative-request";

export interface HiddenEvent {
  readonly consult_id: string;
  readonly number: number;
  readonly type: "hidden";
}

export interface InformedData {
  readonly at: string;
  readonly by: string;
  readonly how: Told;
}

export type Kind = "audio" | "pdf" | "photo";

export interface LabRemoved {
  readonly actor: Person;
  readonly at: string;
  readonly consult_id: string;
  readonly data: LabRemovedData;
  readonly number: number;
  readonly type: "lab.removed";
}

export interface LabRemovedData {
  readonly id: string;
}

export interface LabRow {
  readonly flag: "" | "A" | "H" | "L";
  readonly id: string;
  readonly name: string;
  readonly reference: string;
  readonly taken_at: string;
  readonly unit: string;
  readonly value: string;
}

export interface LabsAdded {
  readonly actor: Person;
  readonly at: string;
  readonly consult_id: string;
  readonly data: LabsAddedData;
  readonly number: number;
  readonly type: "labs.added";
}

export interface LabsAddedData {
  readonly values: readonly LabRow[];
}

export type Lack = "agreement" | "ground" | "informed";

export interface MessagePosted {
  readonly actor: Person;
  readonly at: string;
  readonly consult_id: string;
  readonly data: MessagePostedData;
  readonly number: number;
  readonly type: "message.posted";
}

export interface MessagePostedData {
  readonly client_id: string;
  readonly id: string;
  readonly text: string;
  readonly view: View | null;
}

export type Mode = "conference" | "consultation" | "remote-reading";

export interface OpinionGiven {
  readonly actor: Person;
  readonly at: string;
  readonly consult_id: string;
  readonly data: OpinionGivenData;
  readonly number: number;
  readonly type: "opinion.given";
}

export interface OpinionGivenData {
  readonly report_id: string;
  readonly text: string;
}

export interface OutcomeReported {
  readonly actor: Person;
  readonly at: string;
  readonly consult_id: string;
  readonly data: OutcomeReportedData;
  readonly number: number;
  readonly type: "outcome.reported";
}

export interface OutcomeReportedData {
  readonly agreement: Agreement;
  readonly diagnosis: string;
  readonly source: string;
}

export interface OutcomeWanted {
  readonly actor: Person;
  readonly at: string;
  readonly consult_id: string;
  readonly data: OutcomeWantedData;
  readonly number: number;
  readonly type: "outcome.wanted";
}

export interface OutcomeWantedData {
  readonly days: number;
}

export interface ParticipantJoined {
  readonly actor: Person;
  readonly at: string;
  readonly consult_id: string;
  readonly data: ParticipantJoinedData;
  readonly number: number;
  readonly type: "participant.joined";
}

export interface ParticipantJoinedData {
  readonly side: Side;
}

export interface Party {
  readonly hospital: string;
  readonly person: string | null;
}

export interface Person {
  readonly hospital: string;
  readonly id: string;
  readonly name: string;
}

export type ReturnReason = "missing-series" | "other" | "poor-image" | "unclear-question" | "wrong-patient";

export interface RewordedQuestion {
  readonly id: string;
  readonly text: string;
}

export type Side = "consulting" | "referring";

export type State =
  | "accepted"
  | "cancelled"
  | "completed"
  | "draft"
  | "in-progress"
  | "on-hold"
  | "rejected"
  | "requested";

export interface StudyRef {
  readonly description: string;
  readonly id: string;
}

export interface StudyShared {
  readonly actor: Person;
  readonly at: string;
  readonly consult_id: string;
  readonly data: StudySharedData;
  readonly number: number;
  readonly type: "study.shared";
}

export interface StudySharedData {
  readonly study: StudyRef;
}

export type Told = "representative" | "spoken" | "written";

export type Urgency = "emergency" | "routine" | "urgent";

export type Verb =
  | "accept"
  | "annotate"
  | "answer"
  | "cancel"
  | "complete"
  | "conclude"
  | "decide"
  | "discuss"
  | "edit"
  | "hold"
  | "outcome"
  | "reject"
  | "reopen"
  | "request"
  | "reschedule"
  | "resubmit"
  | "resume"
  | "share"
  | "start"
  | "withdraw";

export type ConsultEvent =
  | AnnotationDeleted
  | AnnotationPut
  | AnswerGiven
  | AttachmentAdded
  | AttachmentWithdrawn
  | BasisCompleted
  | BasisMissing
  | BasisReminded
  | BasisScanned
  | ConsultAccepted
  | ConsultCancelled
  | ConsultCompleted
  | ConsultDrafted
  | ConsultHeld
  | ConsultRejected
  | ConsultReopened
  | ConsultRequested
  | ConsultRescheduled
  | ConsultResubmitted
  | ConsultResumed
  | ConsultStarted
  | ConsultWithdrawn
  | DecisionRecorded
  | HiddenEvent
  | LabRemoved
  | LabsAdded
  | MessagePosted
  | OpinionGiven
  | OutcomeReported
  | OutcomeWanted
  | ParticipantJoined
  | StudyShared;
