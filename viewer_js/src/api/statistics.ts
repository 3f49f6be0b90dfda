/** Statistics of a region by the server, for frames whose stored values are not here. */

import type { EllipseAnnotation, RegionValues } from "../annotations/model";
import type { Frame } from "../stream/stack";
import { requestJson } from "./http";

export function askStatistics(frame: Frame, { graphic_type, points }: EllipseAnnotation, csrf: string) {
  return requestJson<RegionValues>(`/stream/${frame.studyKey}/statistics`, {
    method: "POST",
    csrf,
    body: { instance_id: frame.instance.id, frame: frame.number, graphic_type, points },
  });
}
