/** What is drawn on images, as the server tells it (app/evidence/shown). */

import type { Point } from "../annotations/model";
import type { Orientation, Vector3, WindowFunction } from "../api/manifest";
import type { Measured } from "../documents/report_types";

/** No frames: all of the image. */
export interface Reference {
  readonly uid: string;
  readonly frames: readonly number[];
}

interface Said {
  readonly label: string;
  readonly description: string;
  readonly author: string;
  /** YYYYMMDD, or empty */
  readonly created: string;
}

export type Units = "DISPLAY" | "MATRIX" | "PIXEL";

export interface Graphic {
  readonly type: string;
  readonly units: Units;
  readonly points: readonly Point[];
  readonly filled: boolean;
}

export interface PlacedText {
  readonly text: string;
  readonly at: Point;
  readonly units: Units;
}

export interface DisplayedArea {
  readonly images: readonly Reference[];
  /** pixels counted from 1, in the image as it is stored */
  readonly top_left: Point;
  readonly bottom_right: Point;
}

/** In image coordinates; what lies outside any of them is shut out. */
export interface Shutter {
  readonly rectangle?: readonly [number, number, number, number];
  /** centre and radius */
  readonly circle?: readonly [number, number, number];
  readonly polygon?: readonly Point[];
  readonly grey: number;
}

/** Values after the state's rescale from `first` on, each to one of 0 to `highest`. */
export interface ToldTable {
  readonly first: number;
  readonly highest: number;
  readonly entries: readonly number[];
}

/** A bit for each point, eight in a byte, the lowest first, in base64. */
export interface Plane {
  readonly rows: number;
  readonly columns: number;
  /** row and column of its first point, counted from 1 */
  readonly origin: readonly [number, number];
  readonly bits: string;
}

export interface Presentation extends Said {
  readonly kind: "presentation";
  readonly images: readonly Reference[];
  readonly windows: readonly {
    readonly images: readonly Reference[];
    readonly center: number;
    readonly width: number;
    readonly function: WindowFunction;
  }[];
  /** in place of windows */
  readonly tables?: readonly (ToldTable & { readonly images: readonly Reference[] })[];
  /** from the window's output, whatever its range, to what is shown */
  readonly presentation_table?: ToldTable | null;
  /** points that are shut out */
  readonly bitmap_shutter?: (Plane & { readonly grey: number }) | null;
  /** its own overlays, as far as it shows them */
  readonly planes?: readonly (Plane & { readonly layer: string })[];
  /** slope and intercept of its own Modality LUT; null: a table */
  readonly rescale: readonly [number, number] | null;
  readonly inverse: boolean | null;
  /** it holds a table of modality values or compound graphics as well, which are not shown */
  readonly partly: boolean;
  readonly rotation: 0 | 90 | 180 | 270;
  readonly flip: boolean;
  readonly areas: readonly DisplayedArea[];
  readonly shutter: Shutter | null;
  readonly layers: Readonly<Record<string, { readonly colour: string | null; readonly description: string }>>;
  readonly annotations: readonly {
    readonly images: readonly Reference[];
    readonly layer: string;
    readonly graphics: readonly Graphic[];
    readonly texts: readonly PlacedText[];
  }[];
}

export interface KeyImages extends Said {
  readonly kind: "key-images";
  readonly code: string;
  readonly images: readonly Reference[];
}

export interface Contour {
  readonly type: string;
  readonly uid: string | null;
  /** x, y, z, x, y, z... in millimetres of the patient */
  readonly points: readonly number[];
}

export interface Structures extends Said {
  readonly kind: "structures";
  readonly cut: boolean;
  readonly regions: readonly {
    readonly number: number | null;
    readonly name: string;
    readonly frame_of_reference_uid: string;
    readonly colour: string | null;
    readonly contours: readonly Contour[];
  }[];
}

export interface SegmentFrame {
  readonly number: number;
  /** null in a label map */
  readonly segment: number | null;
  readonly uid: string | null;
  readonly frame: number | null;
  readonly position: Vector3 | null;
  readonly orientation: Orientation | null;
  readonly spacing: readonly [number, number] | null;
}

export interface Segmentation extends Said {
  readonly kind: "segmentation";
  readonly rows: number;
  readonly columns: number;
  readonly type: "BINARY" | "FRACTIONAL" | "LABELMAP";
  /** a fractional value that stands for the whole pixel */
  readonly maximum: number;
  readonly frame_of_reference_uid: string;
  readonly segments: readonly {
    readonly number: number;
    readonly name: string;
    readonly colour: string | null;
  }[];
  readonly frames: readonly SegmentFrame[];
}

/** `uid` null: points are x, y, z in millimetres of the patient; otherwise columns and rows of that image. */
export interface MeasuredShape {
  readonly type: string;
  readonly uid: string | null;
  /** none: all */
  readonly frames: readonly number[];
  readonly frame_of_reference_uid: string;
  readonly points: readonly number[];
}

export interface MeasuredGroup {
  readonly title: string;
  readonly values: readonly { readonly name: string; readonly measured: Measured }[];
  readonly shapes: readonly MeasuredShape[];
}

/** Of a structured report: what was measured where. */
export interface Measurements extends Said {
  readonly kind: "measurements";
  readonly groups: readonly MeasuredGroup[];
}

export type DrawnObject = KeyImages | Measurements | Presentation | Segmentation | Structures;

const PRESENTATION = "1.2.840.10008.5.1.4.1.1.11.";
const KINDS: readonly (readonly [string, DrawnObject["kind"]])[] = [
  [`${PRESENTATION}1`, "presentation"],
  [`${PRESENTATION}2`, "presentation"],
  [`${PRESENTATION}3`, "presentation"],
  ["1.2.840.10008.5.1.4.1.1.88.59", "key-images"],
  ["1.2.840.10008.5.1.4.1.1.66.4", "segmentation"],
  ["1.2.840.10008.5.1.4.1.1.66.7", "segmentation"],
  ["1.2.840.10008.5.1.4.1.1.481.3", "structures"],
  ["1.2.840.10008.5.1.4.1.1.88.22", "measurements"],
  ["1.2.840.10008.5.1.4.1.1.88.33", "measurements"],
  ["1.2.840.10008.5.1.4.1.1.88.34", "measurements"],
];
const BY_CLASS: ReadonlyMap<string, DrawnObject["kind"]> = new Map(KINDS);

/** What an instance of this class is when drawn; null: nothing of these. */
export function drawnKind(sopClassUid: string | undefined): DrawnObject["kind"] | null {
  return BY_CLASS.get(sopClassUid ?? "") ?? null;
}

/** There is nothing of it to be read beside the images; a report is a page as well. */
export function isOnlyDrawn(sopClassUid: string | undefined): boolean {
  const kind = drawnKind(sopClassUid);
  return kind !== null && kind !== "measurements";
}
