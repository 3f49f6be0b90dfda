/** What travels between the room and the server: plain data, as the server sends it. */

export interface Person {
  readonly id: string;
  readonly name: string;
  readonly hospital: string;
}

export type Side = "referring" | "consulting";

export interface Me extends Person {
  readonly side: Side;
}

export type Point = readonly [number, number];

export interface View {
  readonly study_id: string;
  readonly series_instance_uid: string;
  readonly sop_instance_uid: string;
  readonly frame_number: number;
  readonly window: { readonly center: number; readonly width: number } | null;
  /** 1 = the image fits the viewport. */
  readonly zoom: number;
  readonly centre: Point;
  readonly rotation: 0 | 90 | 180 | 270;
  readonly flip: boolean;
  readonly invert: boolean;
}

export type AnnotationKind = "angle" | "arrow" | "ellipse" | "length" | "text";

export interface Annotation {
  readonly id: string;
  readonly kind: AnnotationKind;
  readonly graphic_type: "ELLIPSE" | "POINT" | "POLYLINE";
  readonly points: readonly Point[];
  readonly text: string;
  readonly study_id: string;
  readonly sop_instance_uid: string;
  readonly frame_number: number;
  readonly author: Person;
  /** Given by the server; 0 while it has not seen the annotation. */
  readonly revision: number;
  readonly deleted: boolean;
  readonly values: Readonly<Record<string, number | string | null>> | null;
  readonly created_at: string;
}

export interface Message {
  readonly id: string;
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

export interface StudyInRoom {
  readonly id: string;
  readonly key: string | null;
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

export interface Party {
  readonly hospital: string;
  readonly person: string | null;
}

export interface Consult {
  readonly id: string;
  readonly number: string | null;
  readonly state: ConsultState;
  readonly urgency: string;
  readonly due_at: string | null;
  readonly history: string;
  readonly questions: readonly Question[];
  readonly opinion: string | null;
  readonly reason: string | null;
  readonly access_ends_at: string | null;
  readonly referring: Party;
  readonly consulting: Party;
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
