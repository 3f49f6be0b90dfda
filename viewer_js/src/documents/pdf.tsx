/** A PDF in the browser's own viewer; where it has none (most telephones), a tap opens or saves it. */

import { t } from "../i18n/translate";
import { addressOf } from "./addresses";
import { useAsked } from "./asked";
import type { DocumentProps } from "./document_pane";

/** false on telephones, whose browsers show a PDF only as a page of its own. */
function showsPdf(): boolean {
  return navigator.pdfViewerEnabled === true;
}

export function Pdf({ instance, stack }: DocumentProps) {
  const address = addressOf(stack, "document", instance);
  const asked = useAsked<{ playable: boolean }>(`${address}/facts`);
  const title = stack.series.description || t("PDF document");
  if (asked === null) return <p class="hv-document-note">{t("Loading…")}</p>;
  if ("problem" in asked) return <p class="hv-document-note">{asked.problem}</p>;
  if (!asked.found.playable)
    return (
      <p class="hv-document-note">
        {t("This document calls itself a PDF and is none. It can only be saved.")}
        <br />
        <a href={`${address}?download=1`} download>
          {t("Save")}
        </a>
      </p>
    );
  return (
    <>
      <div class="hv-document-bar">
        <b>{title}</b>
        <a href={address} target="_blank" rel="noopener">
          {t("Open in a new tab")}
        </a>
        <a href={`${address}?download=1`} download>
          {t("Save")}
        </a>
      </div>
      {showsPdf() ? (
        <iframe class="hv-document-frame" src={address} title={title} />
      ) : (
        <p class="hv-document-note">
          {t("This browser shows a PDF as a page of its own.")}
          <br />
          <a href={address} target="_blank" rel="noopener">
            {t("Open in a new tab")}
          </a>
        </p>
      )}
    </>
  );
}
