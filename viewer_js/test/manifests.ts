/** Invented studies for tests. */

import type { Manifest, ManifestInstance, ManifestSeries } from "../src/api/manifest";
import { type OpenStudy, openStudy } from "../src/stream/stack";

export function instance(number: number, changes: Partial<ManifestInstance> = {}): ManifestInstance {
  return {
    id: `i${number}`,
    sop_instance_uid: `1.2.${number}`,
    number,
    frames: 1,
    rows: 512,
    columns: 512,
    position: [0, 0, number],
    orientation: [1, 0, 0, 0, 1, 0],
    spacing: [0.7, 0.7],
    spacing_source: "pixel",
    aspect: null,
    slice_thickness: 1,
    slice_location: null,
    frame_of_reference_uid: "1.9",
    patient_orientation: null,
    laterality: null,
    photometric: "MONOCHROME2",
    samples: 1,
    bits_stored: 12,
    signed: true,
    slope: 1,
    intercept: -1024,
    unit: "HU",
    windows: [{ center: 40, width: 400, function: "LINEAR", explanation: "" }],
    has_voi_lut: false,
    has_modality_lut: false,
    inverse: false,
    padding: null,
    stored: true,
    lossy: null,
    frame_time_ms: null,
    stored_bytes: 524_288,
    renderable: true,
    reason: null,
    frame_overrides: null,
    ...changes,
  };
}

export function series(id: string, instances: ManifestInstance[]): ManifestSeries {
  return {
    id,
    series_instance_uid: `1.3.${id}`,
    number: 1,
    modality: "CT",
    description: "",
    body_part: "",
    laterality: null,
    frame_count: instances.reduce((count, { frames }) => count + frames, 0),
    instances,
  };
}

export function study(...all: ManifestSeries[]): OpenStudy {
  return openStudy({ id: "s", key: "k", manifest: null }, manifest(...all));
}

export function manifest(...all: ManifestSeries[]): Manifest {
  return {
    study: {
      id: "s",
      study_instance_uid: "1.1",
      patient_name: "Nguyễn^Văn An",
      patient_id: "P1",
      birth_date: "1960-02-29",
      sex: "M",
      age: null,
      study_date: "2026-11-22",
      study_time: "070000",
      description: "CT",
      accession_number: "",
      hospital_name: "",
      state: "complete",
    },
    series: all,
  };
}
