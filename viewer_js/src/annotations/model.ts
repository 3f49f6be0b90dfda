/** Marks as plain data, the same on both screens, on the wire and in the database. */

export type Point = readonly [number, number];
export type RegionKind = "circle" | "ellipse" | "freehand" | "rectangle";
export type AnnotationKind =
  | "angle"
  | "arrow"
  | "bidirectional"
  | "cobb"
  | "length"
  | "polyline"
  | "probe"
  | "ratio"
  | "spine_label"
  | "text"
  | RegionKind;
export type GraphicType = "ELLIPSE" | "POINT" | "POLYLINE";

export interface Author {
  id: string;
  name: string;
  hospital: string;
}

/** How far the scale may be believed. */
export interface Measured {
  /** true: measured on the detector, the body may be smaller (projection radiography) */
  at_detector: boolean;
  /** true: the spacing was corrected for that */
  calibrated?: boolean;
  /** true: the image does not say which of both */
  uncertain?: boolean;
}

export interface LengthValues extends Measured {
  length: number;
  /** mm, px, or what a region of an ultrasound image counts in */
  unit: string;
  /** the step along the column, where that counts in another unit (time and velocity) */
  down?: number;
  down_unit?: string;
}

/** The longer axis and the one across, or both lines of a ratio. */
export interface TwoLengthsValues extends Measured {
  first: number;
  second: number;
  unit: string;
}

export interface RatioValues extends TwoLengthsValues {
  ratio: number;
}

export interface AngleValues {
  degrees: number;
}

/** Red, green and blue, or their means: 0 to 255. */
export type Colour = readonly [number, number, number];

export interface ProbeValues {
  value: number | null;
  unit: string;
  colour?: Colour | null;
  suv_factor?: number;
}

export interface RegionValues extends Partial<Measured> {
  count: number;
  area_mm2: number | null;
  mean: number;
  sd: number;
  min: number;
  max: number;
  unit: string;
  /** where they differ; the other figures are then those of their mean */
  colour?: Colour | null;
  /** times this the values are standardised uptake values */
  suv_factor?: number;
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
/** points: two lines of two points each */
export interface CobbAnnotation extends AnnotationBase {
  kind: "cobb";
  graphic_type: "POLYLINE";
  values: AngleValues | null;
}
/** points: the longer axis, then the one across */
export interface BidirectionalAnnotation extends AnnotationBase {
  kind: "bidirectional";
  graphic_type: "POLYLINE";
  values: TwoLengthsValues | null;
}
/** points: the line that is divided, then the one it is divided by */
export interface RatioAnnotation extends AnnotationBase {
  kind: "ratio";
  graphic_type: "POLYLINE";
  values: RatioValues | null;
}
export interface PolylineAnnotation extends AnnotationBase {
  kind: "polyline";
  graphic_type: "POLYLINE";
  values: LengthValues | null;
}
export interface ProbeAnnotation extends AnnotationBase {
  kind: "probe";
  graphic_type: "POINT";
  values: ProbeValues | null;
}
/** text: the vertebra, C1 to S5 */
export interface SpineLabelAnnotation extends AnnotationBase {
  kind: "spine_label";
  graphic_type: "POINT";
  values: null;
}
/**
 * ELLIPSE: both ends of the major axis, then both of the minor axis. POLYLINE: the corners; the line goes back to the
 * first, which is not repeated.
 */
export interface RegionAnnotation extends AnnotationBase {
  kind: RegionKind;
  graphic_type: "ELLIPSE" | "POLYLINE";
  values: RegionValues | null;
}

export type Annotation =
  | AngleAnnotation
  | ArrowAnnotation
  | BidirectionalAnnotation
  | CobbAnnotation
  | LengthAnnotation
  | PolylineAnnotation
  | ProbeAnnotation
  | RatioAnnotation
  | RegionAnnotation
  | SpineLabelAnnotation
  | TextAnnotation;

const REGIONS: ReadonlySet<AnnotationKind> = new Set(["circle", "ellipse", "freehand", "rectangle"]);

export function isRegion(annotation: Annotation): annotation is RegionAnnotation {
  return REGIONS.has(annotation.kind);
}
