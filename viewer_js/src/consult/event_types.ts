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
  readonly revises?: number | null;
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
  readonly recipients?: readonly string[] | null;
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

export interface CallEnded {
  readonly actor: Person;
  readonly at: string;
  readonly consult_id: string;
  readonly data: CallEndedData;
  readonly number: number;
  readonly type: "call.ended";
}

export interface CallEndedData {
  readonly people: readonly Person[];
  readonly seconds: number;
}

export interface CallStarted {
  readonly actor: Person;
  readonly at: string;
  readonly consult_id: string;
  readonly data: CallStartedData;
  readonly number: number;
  readonly type: "call.started";
}

export type CallStartedData = Record<string, never>;

export interface CaseSentAsIs {
  readonly actor: Person;
  readonly at: string;
  readonly consult_id: string;
  readonly data: CaseSentAsIsData;
  readonly number: number;
  readonly type: "preflight.waived";
}

export interface CaseSentAsIsData {
  readonly findings: readonly FoundBefore[];
}

export interface Conclusion {
  readonly question_id: string;
  readonly text: string;
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
  readonly offer?: OfferData | null;
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

export interface ConsultHandedOver {
  readonly actor: Person;
  readonly at: string;
  readonly consult_id: string;
  readonly data: MovedData;
  readonly number: number;
  readonly type: "consult.handed-over";
}

export interface ConsultHeld {
  readonly actor: Person;
  readonly at: string;
  readonly consult_id: string;
  readonly data: ConsultData;
  readonly number: number;
  readonly type: "consult.held";
}

export interface ConsultOffered {
  readonly actor: Person;
  readonly at: string;
  readonly consult_id: string;
  readonly data: ConsultData;
  readonly number: number;
  readonly type: "consult.offered";
}

export interface ConsultPassed {
  readonly actor: Person;
  readonly at: string;
  readonly consult_id: string;
  readonly data: ConsultData;
  readonly number: number;
  readonly type: "consult.passed";
}

export interface ConsultReassigned {
  readonly actor: Person;
  readonly at: string;
  readonly consult_id: string;
  readonly data: MovedData;
  readonly number: number;
  readonly type: "consult.reassigned";
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

export type FindingCode =
  | "charset"
  | "damaged"
  | "identity"
  | "incomplete"
  | "laterality"
  | "missing-series"
  | "spacing";

export type Follows = "fully" | "not" | "partly";

export interface FoundBefore {
  readonly code: FindingCode;
  readonly detail: string;
  readonly study_id: string;
}

export type Ground = "emergency" | "other" | "patient-request" | "representative-request";

export interface GuestChangedData {
  readonly guest: GuestData;
}

export interface GuestData {
  readonly hides_identity: boolean;
  readonly hospital: string;
  readonly id: string;
  readonly name: string;
  readonly person_id: string;
  readonly until: string;
  readonly withdrawn: boolean;
}

export interface GuestInvited {
  readonly actor: Person;
  readonly at: string;
  readonly consult_id: string;
  readonly data: GuestChangedData;
  readonly number: number;
  readonly type: "guest.invited";
}

export interface GuestWithdrawn {
  readonly actor: Person;
  readonly at: string;
  readonly consult_id: string;
  readonly data: GuestChangedData;
  readonly number: number;
  readonly type: "guest.withdrawn";
}

export interface HiddenEvent {
  readonly consult_id: string;
  readonly number: number;
  readonly type: "hidden";
}

export interface ImagesCovered {
  readonly actor: Person;
  readonly at: string;
  readonly consult_id: string;
  readonly data: ImagesCoveredData;
  readonly number: number;
  readonly type: "images.covered";
}

export interface ImagesCoveredData {
  readonly areas: number | null;
  readonly series_id: string;
  readonly study_id: string;
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
  readonly attachments?: readonly string[] | null;
  readonly client_id: string;
  readonly id: string;
  readonly mentions?: readonly string[] | null;
  readonly recipients?: readonly string[] | null;
  readonly recording?: string | null;
  readonly region?: Region | null;
  readonly reply_to?: Reply | null;
  readonly sentence?: Sentence | null;
  readonly text: string;
  readonly view: View | null;
  readonly voice?: Voice | null;
}

export interface MinutesCirculated {
  readonly actor: Person;
  readonly at: string;
  readonly consult_id: string;
  readonly data: MinutesData;
  readonly number: number;
  readonly type: "minutes.circulated";
}

export interface MinutesClosed {
  readonly actor: Person;
  readonly at: string;
  readonly consult_id: string;
  readonly data: MinutesData;
  readonly number: number;
  readonly type: "minutes.closed";
}

export interface MinutesData {
  readonly minutes: MinutesNews;
}

export interface MinutesHanded {
  readonly actor: Person;
  readonly at: string;
  readonly consult_id: string;
  readonly data: MinutesData;
  readonly number: number;
  readonly type: "minutes.handed";
}

export interface MinutesNews {
  readonly read: number;
  readonly remarks: number;
  readonly secretary: Person;
  readonly state: Standing;
  readonly version: number;
}

export interface MinutesRead {
  readonly actor: Person;
  readonly at: string;
  readonly consult_id: string;
  readonly data: MinutesData;
  readonly number: number;
  readonly type: "minutes.read";
}

export interface MinutesRemarked {
  readonly actor: Person;
  readonly at: string;
  readonly consult_id: string;
  readonly data: MinutesData;
  readonly number: number;
  readonly type: "minutes.remarked";
}

export interface MinutesRewritten {
  readonly actor: Person;
  readonly at: string;
  readonly consult_id: string;
  readonly data: MinutesData;
  readonly number: number;
  readonly type: "minutes.rewritten";
}

export interface MinutesTaken {
  readonly actor: Person;
  readonly at: string;
  readonly consult_id: string;
  readonly data: MinutesData;
  readonly number: number;
  readonly type: "minutes.taken";
}

export type Mode = "conference" | "consultation" | "remote-reading";

export interface MovedData {
  readonly consult: ConsultChange;
  readonly note: string;
}

export interface OfferData {
  readonly kind: OfferKind;
  readonly since: string;
  readonly step: number;
  readonly to: string;
  readonly until: string | null;
}

export type OfferKind = "coordinator" | "group" | "person" | "pool";

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
  readonly revises?: number | null;
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

export interface ReaderConsented {
  readonly actor: Person;
  readonly at: string;
  readonly consult_id: string;
  readonly data: ReaderConsentedData;
  readonly number: number;
  readonly type: "reader.consented";
}

export interface ReaderConsentedData {
  readonly consult: ConsultChange;
}

export interface ReaderData {
  readonly kind: ReaderKind;
  readonly person: Person;
}

export interface ReaderEnded {
  readonly actor: Person;
  readonly at: string;
  readonly consult_id: string;
  readonly data: ReaderEndedData;
  readonly number: number;
  readonly type: "reader.ended";
}

export interface ReaderEndedData {
  readonly consult: ConsultChange;
  readonly person_id: string;
}

export interface ReaderInvited {
  readonly actor: Person;
  readonly at: string;
  readonly consult_id: string;
  readonly data: ReaderInvitedData;
  readonly number: number;
  readonly type: "reader.invited";
}

export interface ReaderInvitedData {
  readonly consult: ConsultChange;
  readonly reader: ReaderData;
}

export type ReaderKind = "blind" | "joint" | "separate";

export interface ReadingData {
  readonly conclusions: readonly Conclusion[];
  readonly text: string;
  readonly version: number;
}

export interface ReadingGiven {
  readonly actor: Person;
  readonly at: string;
  readonly consult_id: string;
  readonly data: ReadingGivenData;
  readonly number: number;
  readonly type: "reading.given";
}

export interface ReadingGivenData {
  readonly consult: ConsultChange;
  readonly reading: ReadingData;
}

export interface RecordingAgreed {
  readonly actor: Person;
  readonly at: string;
  readonly consult_id: string;
  readonly data: RecordingNews;
  readonly number: number;
  readonly type: "recording.agreed";
}

export interface RecordingAsked {
  readonly actor: Person;
  readonly at: string;
  readonly consult_id: string;
  readonly data: RecordingNews;
  readonly number: number;
  readonly type: "recording.asked";
}

export interface RecordingData {
  readonly agreed: readonly string[];
  readonly asked: readonly Person[];
  readonly began_at: string | null;
  readonly by: Person;
  readonly duration_ms: number | null;
  readonly first: number | null;
  readonly id: string;
  readonly kind: RecordingKind;
  readonly last: number | null;
  readonly state: RecordingState;
  readonly title: string;
}

export type RecordingKind = "conference" | "walk-through";

export interface RecordingNews {
  readonly recording: RecordingData;
}

export interface RecordingReady {
  readonly actor: Person;
  readonly at: string;
  readonly consult_id: string;
  readonly data: RecordingNews;
  readonly number: number;
  readonly type: "recording.ready";
}

export interface RecordingRefused {
  readonly actor: Person;
  readonly at: string;
  readonly consult_id: string;
  readonly data: RecordingNews;
  readonly number: number;
  readonly type: "recording.refused";
}

export interface RecordingStarted {
  readonly actor: Person;
  readonly at: string;
  readonly consult_id: string;
  readonly data: RecordingNews;
  readonly number: number;
  readonly type: "recording.started";
}

export type RecordingState = "asked" | "ready" | "refused" | "running" | "stopped" | "withdrawn";

export interface RecordingStopped {
  readonly actor: Person;
  readonly at: string;
  readonly consult_id: string;
  readonly data: RecordingNews;
  readonly number: number;
  readonly type: "recording.stopped";
}

export interface RecordingWithdrawn {
  readonly actor: Person;
  readonly at: string;
  readonly consult_id: string;
  readonly data: RecordingNews;
  readonly number: number;
  readonly type: "recording.withdrawn";
}

export interface Region {
  readonly height: number;
  readonly width: number;
  readonly x: number;
  readonly y: number;
}

export interface Reply {
  readonly id: string;
  readonly kind: "annotation" | "message";
}

export type ReturnReason = "missing-series" | "other" | "poor-image" | "unclear-question" | "wrong-patient";

export interface RewordedQuestion {
  readonly id: string;
  readonly text: string;
}

export interface Sentence {
  readonly number: number;
  readonly quote: string;
  readonly source: "answer" | "opinion";
}

export type Side = "consulting" | "referring";

export type Standing = "circulated" | "closed" | "draft";

export interface StartPlace {
  readonly frame_number: number;
  readonly sop_instance_uid: string;
  readonly study_id: string;
}

export interface StartsChosen {
  readonly actor: Person;
  readonly at: string;
  readonly consult_id: string;
  readonly data: StartsChosenData;
  readonly number: number;
  readonly type: "starts.chosen";
}

export interface StartsChosenData {
  readonly places: readonly StartPlace[];
}

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
  | "admit"
  | "annotate"
  | "answer"
  | "cancel"
  | "complete"
  | "conclude"
  | "consent"
  | "decide"
  | "discuss"
  | "dismiss"
  | "edit"
  | "handover"
  | "hold"
  | "invite"
  | "leave"
  | "outcome"
  | "pass"
  | "read"
  | "reassign"
  | "reject"
  | "reopen"
  | "request"
  | "reschedule"
  | "resubmit"
  | "resume"
  | "share"
  | "start"
  | "withdraw";

export interface Voice {
  readonly peaks: readonly number[];
  readonly seconds: number;
}

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
  | CallEnded
  | CallStarted
  | CaseSentAsIs
  | ConsultAccepted
  | ConsultCancelled
  | ConsultCompleted
  | ConsultDrafted
  | ConsultHandedOver
  | ConsultHeld
  | ConsultOffered
  | ConsultPassed
  | ConsultReassigned
  | ConsultRejected
  | ConsultReopened
  | ConsultRequested
  | ConsultRescheduled
  | ConsultResubmitted
  | ConsultResumed
  | ConsultStarted
  | ConsultWithdrawn
  | DecisionRecorded
  | GuestInvited
  | GuestWithdrawn
  | HiddenEvent
  | ImagesCovered
  | LabRemoved
  | LabsAdded
  | MessagePosted
  | MinutesCirculated
  | MinutesClosed
  | MinutesHanded
  | MinutesRead
  | MinutesRemarked
  | MinutesRewritten
  | MinutesTaken
  | OpinionGiven
  | OutcomeReported
  | OutcomeWanted
  | ParticipantJoined
  | ReaderConsented
  | ReaderEnded
  | ReaderInvited
  | ReadingGiven
  | RecordingAgreed
  | RecordingAsked
  | RecordingReady
  | RecordingRefused
  | RecordingStarted
  | RecordingStopped
  | RecordingWithdrawn
  | StartsChosen
  | StudyShared;
