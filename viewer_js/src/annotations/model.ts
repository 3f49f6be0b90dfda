/** Marks as plain data, the same on both screens, on the wire and in the database. */

export type Point = readonly [number, number];
export type AnnotationKind = "angle" | "arrow" | "ellipse" | "length" | "text";
export type GraphicType = "ELLIPSE" | "POINT" | "POLYLINE";

export interface Author {
  id: string;
  name: string;
  hospital: string;
}

export interface LengthValues {
  length: number;
  unit: "mm" | "px";
  /** true: measured on the detector, the body may be smaller (projection radiography) */
  at_detector: boolean;
}

export interface AngleValues {
  degrees: number;
}

export interface RegionValues {
  count: number;
  area_mm2: number | null;
  mean: number;
  sd: number;
  min: number;
  max: number;
  unit: string;
}

interface AnnotationBase {
  /** 26 characters, made by the client */
  id: string;
  /** image coordinates [column, row]; the centre of the first pixel is [0.5, 0.5] */
  points: Point[];
  text: string;
  study_id: string;
  sop_instance_uid: string;
  frame_number: number;
  author: Author;
  /** given by the server; 0 until it has answered */
  revision: number;
  deleted: boolean;
  created_at: string;
}

/** points: tail, head */
export interface ArrowAnnotation extends AnnotationBase {
  kind: "arrow";
  graphic_type: "POLYLINE";
  values: null;
}
export interface TextAnnotation extends AnnotationBase {
  kind: "text";
  graphic_type: "POINT";
  values: null;
}
export interface LengthAnnotation extends AnnotationBase {
  kind: "length";
  graphic_type: "POLYLINE";
  values: LengthValues | null;
}
/** points: end, vertex, end */
export interface AngleAnnotation extends AnnotationBase {
  kind: "angle";
  graphic_type: "POLYLINE";
  values: AngleValues | null;
}
/** points: both ends of the major axis, then both ends of the minor axis */
export interface EllipseAnnotation extends AnnotationBase {
  kind: "ellipse";
  graphic_type: "ELLIPSE";
  values: RegionValues | null;
}

export type Annotation =
  | AngleAnnotation
  | ArrowAnnotation
  | EllipseAnnotation
  | LengthAnnotation
  | TextAnnotation;
