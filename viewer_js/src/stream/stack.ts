/** A series as one row of frames: instances and the frames inside them under one running number from 0. */

import type { StudyConfig } from "../api/config";
import type {
  Manifest,
  ManifestInstance,
  ManifestSeries,
  ManifestStudy,
  ManifestWindow,
  Orientation,
  Vector3,
} from "../api/manifest";

export interface OpenStudy {
  readonly id: string;
  readonly key: string;
  readonly facts: ManifestStudy;
  readonly stacks: readonly Stack[];
}

export interface Stack {
  readonly id: string;
  readonly studyId: string;
  /** the opening key that stands in addresses */
  readonly studyKey: string;
  readonly series: ManifestSeries;
  readonly frames: readonly Frame[];
  /** shown first: the middle of a stack, the first of a few */
  readonly start: number;
}

export interface Frame {
  /** unique on this page */
  readonly key: string;
  readonly studyKey: string;
  readonly studyId: string;
  readonly seriesId: string;
  readonly instance: ManifestInstance;
  /** in the stack, from 0 */
  readonly index: number;
  /** in the instance, from 1 */
  readonly number: number;
  readonly position: Vector3 | null;
  readonly orientation: Orientation | null;
  readonly spacing: readonly [number, number] | null;
  readonly slope: number;
  readonly intercept: number;
  readonly windows: readonly ManifestWindow[];
}

const FEW = 10;

function framesOf(study: StudyConfig, series: ManifestSeries): Frame[] {
  const frames: Frame[] = [];
  for (const instance of series.instances) {
    const order = instance.frame_order ?? Array.from({ length: instance.frames }, (_, i) => i + 1);
    for (const number of order) frames.push(frameOf(study, series, instance, number, frames.length));
  }
  return frames;
}

function frameOf(
  study: StudyConfig,
  series: ManifestSeries,
  instance: ManifestInstance,
  number: number,
  index: number,
): Frame {
  const own = instance.frame_overrides?.[number - 1] ?? {};
  return {
    key: `${study.id}/${instance.id}/${number}`,
    studyKey: study.key,
    studyId: study.id,
    seriesId: series.id,
    instance,
    index,
    number,
    position: own.position ?? instance.position,
    orientation: own.orientation ?? instance.orientation,
    spacing: own.spacing ?? instance.spacing,
    slope: own.slope ?? instance.slope,
    intercept: own.intercept ?? instance.intercept,
    windows: own.windows ?? instance.windows,
  };
}

/** As the page chooses its first picture (app/edge/first_picture.py). */
function startOf(frames: readonly Frame[]): number {
  const isStack = frames.length > FEW && frames.every(({ position }) => position !== null);
  return isStack ? Math.floor(frames.length / 2) : 0;
}

export function openStudy(study: StudyConfig, manifest: Manifest): OpenStudy {
  const stacks = manifest.series
    .filter((series) => series.instances.length > 0)
    .map((series): Stack => {
      const frames = framesOf(study, series);
      const ids = { id: `${study.id}/${series.id}`, studyId: study.id, studyKey: study.key };
      return { ...ids, series, frames, start: startOf(frames) };
    });
  return { id: study.id, key: study.key, facts: manifest.study, stacks };
}

/** A VOI LUT, chosen or the image's own look, is applied by the server: only it has the table. */
export function needsServerWindow(
  { instance, windows }: Frame,
  wanted: { readonly table?: number } | null,
): boolean {
  if (wanted !== null) return wanted.table !== undefined;
  return windows.length === 0 && instance.has_voi_lut;
}

export interface ImagePlace {
  readonly study_id: string;
  readonly sop_instance_uid: string;
  readonly frame_number: number;
}

/** Where an image is among the open studies. */
export function locate(
  studies: readonly OpenStudy[],
  wanted: ImagePlace,
): { stack: Stack; index: number } | null {
  const study = studies.find(({ id }) => id === wanted.study_id);
  for (const stack of study?.stacks ?? []) {
    const frame = stack.frames.find(
      ({ instance, number }) =>
        instance.sop_instance_uid === wanted.sop_instance_uid && number === wanted.frame_number,
    );
    if (frame) return { stack, index: frame.index };
  }
  return null;
}
