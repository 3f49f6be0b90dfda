/** A reference to an image: a button that shows it, or words that it is not here. */

import { t } from "../i18n/translate";
import type { DocumentProps } from "./document_pane";
import { showImage } from "./show_image";

interface Props {
  of: DocumentProps;
  sopInstanceUid: string;
  frame: number;
}

export function ImageLink({ of: { workspace, viewport, stack }, sopInstanceUid, frame }: Props) {
  const place = { study_id: stack.studyId, sop_instance_uid: sopInstanceUid, frame_number: frame };
  const words = workspace.frameOf(place) ? workspace.describe(place) : null;
  if (words === null) return <span class="hv-report-quiet">{t("Image not in this study")}</span>;
  return (
    <button type="button" class="hv-report-link" onClick={() => showImage(workspace, viewport, place)}>
      {t("Show {image}", { image: words })}
    </button>
  );
}
