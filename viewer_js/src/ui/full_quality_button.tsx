/** With the data saver on: this image in full quality, now. */

import { t } from "../i18n/translate";
import type { DataSaver } from "../stream/saver";
import type { Frame } from "../stream/stack";
import type { ViewportModel } from "../viewport/model";

interface Props {
  viewport: ViewportModel;
  frame: Frame;
  saver: DataSaver;
}

export function FullQualityButton({ viewport, frame, saver }: Props) {
  saver.watch();
  const isMissing = viewport.quality.value !== "full" && viewport.reason.value === null;
  if (!isMissing || !saver.spares(frame)) return null;
  return (
    <button type="button" class="hv-full-quality" onClick={() => saver.ask(frame)}>
      {t("Load full quality")}
    </button>
  );
}
