/** Fitted, pixel for pixel, or as large as in life once this screen has been measured with a card. */

import { useSignal } from "@preact/signals";
import { t } from "../i18n/translate";
import { CARD_HEIGHT_MM, CARD_MM, calibrate, devicePerMillimetre } from "../viewport/true_size";
import type { Workspace } from "../viewport/workspace";

/** CSS pixels of a card on screens that there are, and on one of 96 to the inch */
const [NARROWEST, WIDEST] = [80, 290];
const USUAL = 204;

function Calibration({ done }: { done: () => void }) {
  const known = devicePerMillimetre.peek();
  const width = useSignal(known === null ? USUAL : Math.round((known * CARD_MM) / devicePixelRatio));
  return (
    <div class="hv-calibration">
      <p>
        {t(
          "Hold a bank card or identity card upright against the screen and make the frame exactly as wide.",
        )}
      </p>
      <div
        class="hv-card"
        style={{ width: `${width.value}px`, height: `${(width.value * CARD_HEIGHT_MM) / CARD_MM}px` }}
      />
      <input
        type="range"
        min={NARROWEST}
        max={WIDEST}
        step={1}
        value={width.value}
        aria-label={t("Width of the card")}
        onInput={(event) => {
          width.value = Number(event.currentTarget.value);
        }}
      />
      <button
        type="button"
        class="hv-plain"
        onClick={() => {
          calibrate(width.peek(), devicePixelRatio);
          done();
        }}
      >
        {t("It is as wide")}
      </button>
    </div>
  );
}

/** Said beside what may be wrong: a projection is larger than what it shows. */
function doubtOf(source: string): string | null {
  if (source === "uncertain")
    return t("The image does not say whether this is at the detector, where everything is larger.");
  return source === "imager" ? t("At the detector: in the patient everything is smaller.") : null;
}

export function SizeSection({ workspace }: { workspace: Workspace }) {
  const viewport = workspace.active.value;
  const measures = useSignal(false);
  const frame = viewport.frame.value;
  if (!frame) return null;
  const isMeasured = devicePerMillimetre.value !== null;
  const doubt = frame.spacing && isMeasured ? doubtOf(frame.instance.spacing_source) : null;
  return (
    <fieldset>
      <legend>{t("Size on the screen")}</legend>
      <div class="hv-row">
        <button type="button" class="hv-plain" onClick={() => viewport.fit()}>
          {t("Fit")}
        </button>
        <button type="button" class="hv-plain" onClick={() => viewport.showPixels(devicePixelRatio)}>
          {t("Pixel for pixel")}
        </button>
        <button
          type="button"
          class="hv-plain"
          disabled={!frame.spacing}
          onClick={() => {
            if (isMeasured) viewport.showTrueSize(devicePixelRatio);
            else measures.value = true;
          }}
        >
          {t("True size")}
        </button>
      </div>
      {!frame.spacing && <small>{t("This image does not say how large its pixels are.")}</small>}
      {doubt && <small>{doubt}</small>}
      {measures.value ? (
        <Calibration
          done={() => {
            measures.value = false;
            viewport.showTrueSize(devicePixelRatio);
          }}
        />
      ) : (
        <button
          type="button"
          class="hv-plain"
          onClick={() => {
            measures.value = true;
          }}
        >
          {isMeasured ? t("Measure the screen again") : t("Measure the screen")}
        </button>
      )}
    </fieldset>
  );
}
