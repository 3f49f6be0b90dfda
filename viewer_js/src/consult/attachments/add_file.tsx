import { useSignal } from "@preact/signals";
import { isAbort, sentenceOf } from "../../api/http";
import { t } from "../../i18n/translate";
import { Problem } from "../attempt";
import type { Room } from "../room";
import { type Sending, sendFile } from "./upload";

const ACCEPTED = "application/pdf,image/jpeg,image/png";

/** What it shows is asked first; the file goes as soon as it is chosen, and can be stopped on its way. */
export function AddFile({ room }: { readonly room: Room }) {
  const description = useSignal("");
  const problem = useSignal("");
  const share = useSignal(0);
  const sending = useSignal<Sending | null>(null);
  const send = async (file: File): Promise<void> => {
    problem.value = "";
    share.value = 0;
    const going = sendFile({
      address: `/consults/${room.config.consult_id}/attachments`,
      csrf: room.config.csrf,
      file,
      description: description.value.trim(),
      progress: (part) => {
        share.value = part;
      },
    });
    sending.value = going;
    try {
      await going.done;
      description.value = "";
    } catch (error) {
      if (!isAbort(error)) problem.value = sentenceOf(error);
    }
    sending.value = null;
  };
  return (
    <details class="hr-fold">
      <summary>{t("Add a file (PDF, JPEG, PNG)")}</summary>
      <div class="stack">
        <label>
          {t("What it shows")}
          <input
            value={description.value}
            maxLength={1000}
            placeholder={t("For example: ECG of this morning")}
            onInput={({ currentTarget }) => {
              description.value = currentTarget.value;
            }}
          />
        </label>
        {sending.value === null ? (
          <input
            type="file"
            accept={ACCEPTED}
            aria-label={t("Choose the file")}
            onChange={({ currentTarget }) => {
              const file = currentTarget.files?.[0];
              currentTarget.value = "";
              if (file) void send(file);
            }}
          />
        ) : (
          <p class="hr-sending" role="status">
            <progress value={share.value} aria-label={t("How much of the file is sent")} />
            <span>{Math.round(share.value * 100)} %</span>
            <button type="button" class="button" onClick={() => sending.value?.cancel()}>
              {t("Cancel")}
            </button>
          </p>
        )}
        <Problem of={problem} />
      </div>
    </details>
  );
}
