/** Where a mark or a view lies among the open studies, as a view and in words. */

import type { View } from "../api/viewer_app";
import { t } from "../i18n/translate";
import { locate, type OpenStudy } from "../stream/stack";

interface Place {
  readonly study_id: string;
  readonly sop_instance_uid: string;
  readonly frame_number: number;
}

/** The view that shows a place; within the series on the screen everything but the image stays as it is. */
export function viewOf(studies: readonly OpenStudy[], now: View | null, place: Place): View | null {
  const found = locate(studies, place);
  const frame = found?.stack.frames[found.index];
  if (!found || !frame) return null;
  const { study_id, sop_instance_uid, frame_number } = place;
  const series_instance_uid = found.stack.series.series_instance_uid;
  if (now?.series_instance_uid === series_instance_uid)
    return { ...now, study_id, sop_instance_uid, frame_number };
  const centre: [number, number] = [frame.instance.columns / 2, frame.instance.rows / 2];
  const untouched = { window: null, zoom: 1, centre, rotation: 0, flip: false, invert: false } as const;
  return { study_id, series_instance_uid, sop_instance_uid, frame_number, ...untouched };
}

/** "CT 3 · image 45/150"; null when the image is not among the studies. */
export function describe(studies: readonly OpenStudy[], place: Place): string | null {
  const found = locate(studies, place);
  if (!found) return null;
  const { modality, number, frame_count } = found.stack.series;
  const series = number === null ? modality : `${modality} ${number}`;
  return t("{series} · image {number}/{count}", { series, number: found.index + 1, count: frame_count });
}
