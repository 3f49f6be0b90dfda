/** Statistics of a region by the server, for frames whose stored values are not here. */

import type { Colour, ProbeAnnotation, RegionAnnotation, RegionValues } from "../annotations/model";
import type { Frame } from "../stream/stack";
import { requestJson } from "./http";

type Asked = Pick<RegionValues, "area_mm2" | "count" | "max" | "mean" | "min" | "sd" | "unit">;

export function askStatistics(
  frame: Frame,
  { graphic_type, points }: ProbeAnnotation | RegionAnnotation,
  csrf: string,
) {
  return requestJson<Asked & { histogram: readonly number[]; colour?: Colour | null }>(
    `/stream/${frame.studyKey}/statistics`,
    {
      method: "POST",
      csrf,
      body: { instance_id: frame.instance.id, frame: frame.number, graphic_type, points },
    },
  );
}
