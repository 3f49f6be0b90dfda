/** The study as the server describes it (app/archive/queries.manifest). */

import type { Shutter } from "../objects/types";

export type Vector3 = readonly [number, number, number];
export type Orientation = readonly [number, number, number, number, number, number];
export type WindowFunction = "LINEAR" | "LINEAR_EXACT" | "SIGMOID";

export interface ManifestWindow {
  center: number;
  width: number;
  function: WindowFunction;
  explanation: string;
}

export interface FrameOverride {
  position?: Vector3 | null;
  orientation?: Orientation | null;
  spacing?: readonly [number, number] | null;
  slope?: number;
  intercept?: number;
  windows?: ManifestWindow[];
}

/** Corners in pixels from 0, inclusive; deltas are units per pixel; reference_x and _y from the region's corner. */
export interface UltrasoundRegion {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
  /** cm, s, cm/s, Hz...; empty: nothing is counted this way */
  unit_x: string;
  unit_y: string;
  delta_x: number;
  delta_y: number;
  reference_x?: number;
  reference_y?: number;
  value_x?: number;
  value_y?: number;
  /** 2D, M-Mode, spectral, waveform, graphics */
  type: string;
}

/** An overlay plane; its points come by /stream/<key>/overlay/<instance>/<frame>?group=... */
export interface ManifestOverlay {
  group: number;
  rows: number;
  columns: number;
  /** row and column of its first point, counted from 1 */
  origin: readonly [number, number];
  frames: number;
  first_frame: number;
  kind: string;
  label: string;
}

export interface ManifestInstance {
  id: string;
  sop_instance_uid: string;
  sop_class_uid?: string;
  number: number | null;
  frames: number;
  rows: number;
  columns: number;
  position: Vector3 | null;
  orientation: Orientation | null;
  /** millimetres between rows, between columns */
  spacing: readonly [number, number] | null;
  /** uncertain: a projection that does not say whether at the detector or in the body */
  spacing_source: "pixel" | "imager" | "calibrated" | "uncertain" | "none";
  /** vertical : horizontal size of a pixel where no spacing is known */
  aspect: readonly [number, number] | null;
  slice_thickness: number | null;
  slice_location: number | null;
  frame_of_reference_uid: string | null;
  patient_orientation: readonly string[] | null;
  laterality: string | null;
  /** View Position: "CC", "PA" */
  view?: string;
  photometric: string;
  samples: number;
  bits_stored: number;
  signed: boolean;
  slope: number;
  intercept: number;
  unit: string;
  windows: ManifestWindow[];
  has_voi_lut: boolean;
  /** what each of its tables is called, or ""; absent: there are none, or the file came before they were read */
  voi_luts?: readonly string[];
  has_modality_lut: boolean;
  inverse: boolean;
  padding: number | readonly [number, number] | null;
  /** true: /stored holds values that this program may window itself */
  stored: boolean;
  lossy: { ratio: number | null; method: string | null } | null;
  frame_time_ms: number | null;
  stored_bytes: number;
  renderable: boolean;
  reason: string | null;
  frame_overrides: readonly FrameOverride[] | null;
  /** frame numbers as they are scrolled, where the file has them in another order; the server's lists are in it too */
  frame_order?: readonly number[];
  /** absent: there are none, or the file came before they were read */
  overlays?: readonly ManifestOverlay[];
  shutter?: Shutter;
  ultrasound_regions?: readonly UltrasoundRegion[];
  /** g/ml for each unit after rescale (PET) */
  suv_factor?: number;
  /** why a PET image has none */
  suv_reason?: string;
}

export interface ManifestSeries {
  id: string;
  series_instance_uid: string;
  number: number | null;
  modality: string;
  description: string;
  body_part: string;
  laterality: string | null;
  frame_count: number;
  instances: ManifestInstance[];
}

/** bytes, about: of the stored files, of all previews, of all frames without loss */
export interface Weight {
  files: number;
  preview: number;
  full: number;
}

export interface ManifestStudy {
  id: string;
  study_instance_uid: string;
  patient_name: string;
  patient_id: string;
  birth_date: string | null;
  sex: string | null;
  age: string | null;
  study_date: string | null;
  study_time: string | null;
  description: string;
  accession_number: string;
  hospital_name: string;
  state: "arriving" | "complete";
  weight?: Weight;
}

export interface Manifest {
  study: ManifestStudy;
  series: ManifestSeries[];
}
