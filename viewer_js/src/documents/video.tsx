/** A video played by the browser, as far as it can; otherwise why not, and the file to save. */

import { useSignal } from "@preact/signals";
import { t } from "../i18n/translate";
import { addressOf } from "./addresses";
import { useAsked } from "./asked";
import type { DocumentProps } from "./document_pane";

/** app/stream/documents.py: what the object holds. */
interface VideoFacts {
  media_type: string;
  coding: string;
  bytes: number;
  playable: boolean;
}

/** "H.264, MPEG-TS": how it is coded, and what it is wrapped in where that is why no browser plays it. */
function codingOf({ coding, media_type }: VideoFacts): string {
  return media_type === "video/mp2t" ? `${coding}, MPEG-TS` : coding;
}

function sizeText(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

export function Video({ instance, stack }: DocumentProps) {
  const address = addressOf(stack, "document", instance);
  const asked = useAsked<VideoFacts>(`${address}/facts`);
  const isRefused = useSignal(false);
  if (asked === null) return <p class="hv-document-note">{t("Loading…")}</p>;
  if ("problem" in asked) return <p class="hv-document-note">{asked.problem}</p>;
  const { bytes, playable } = asked.found;
  const coding = codingOf(asked.found);
  const save = `${address}?download=1`;
  return (
    <>
      <div class="hv-document-bar">
        <b>{stack.series.description || t("Video")}</b>
        <span>{[coding, sizeText(bytes)].filter(Boolean).join(" · ")}</span>
        <a href={save} download>
          {t("Save")}
        </a>
      </div>
      {playable && !isRefused.value ? (
        // biome-ignore lint/a11y/useMediaCaption: a machine's recording has no spoken words written down
        <video
          class="hv-document-video"
          src={address}
          controls
          playsInline
          preload="metadata"
          onError={() => {
            isRefused.value = true;
          }}
        />
      ) : (
        <p class="hv-document-note">
          {t(
            "No browser plays this video as it is stored ({coding}). Save it and open it in a video player.",
            {
              coding,
            },
          )}
          <br />
          <a href={save} download>
            {t("Save")}
          </a>
        </p>
      )}
    </>
  );
}
