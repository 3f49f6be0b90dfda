/** In place of a picture: what a study or series without pictures holds. */

import { documentsOf } from "../documents/kinds";
import { msg, t } from "../i18n/translate";
import type { Stack } from "../stream/stack";
import type { ViewportModel } from "../viewport/model";
import type { Workspace } from "../viewport/workspace";

/** Why the server has no frames of an object (app/archive/facts.py); named here, so that they are translated. */
export const REASONS: readonly string[] = [
  msg("The file does not say where its frames begin."),
  msg("The compression of this image is unknown here."),
  msg("The image is not encoded as its transfer syntax demands."),
  msg("This is a video; it is kept but cannot be shown frame by frame."),
  msg("This object has no images."),
];

/** "SR · Measurements · This object has no images." */
function lineOf({ series }: Stack): string {
  const reason = series.instances.find((instance) => instance.reason)?.reason;
  return [series.modality, series.description, reason && t(reason)].filter(Boolean).join(" · ");
}

export function NoPictures({ viewport, workspace }: { viewport: ViewportModel; workspace: Workspace }) {
  const stack = viewport.stack.value;
  if (!stack || stack.frames.length > 0 || documentsOf(stack).length > 0) return null;
  const all = workspace.studyOf(viewport)?.stacks ?? [stack];
  const isWholeStudy = all.every(({ frames }) => frames.length === 0);
  return (
    <div class="hv-error" role="status">
      <b>
        {isWholeStudy
          ? t("This study has no pictures to show. It holds documents or data:")
          : t("This series has no pictures to show. It holds documents or data:")}
      </b>
      {(isWholeStudy ? all : [stack]).map((one) => (
        <span key={one.id}>{lineOf(one)}</span>
      ))}
    </div>
  );
}
