import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { requestJson } from "../../api/http";
import { t } from "../../i18n/translate";
import { SendButton, SendForm } from "../attempt";
import type { ToolProps } from "./tools";

/** Words for oneself: nobody else is ever shown them, and they are not part of the case's record. */
export function OwnNote({ room }: ToolProps) {
  const address = `/consults/${room.config.consult_id}/note`;
  const draft = room.drafts.of("note");
  const kept = useSignal<string | null>(null);
  useEffect(() => {
    void requestJson<{ text: string }>(address).then(
      ({ text }) => {
        kept.value = text;
        if (draft.value === "") draft.value = text;
      },
      () => undefined, // off line: what is written here is kept in the window
    );
  }, [address]);
  const save = async (): Promise<void> => {
    await requestJson(address, { method: "PUT", csrf: room.config.csrf, body: { text: draft.value } });
    kept.value = draft.value;
  };
  const changed = kept.value !== draft.value;
  return (
    <SendForm
      send={save}
      foot={(busy) =>
        changed ? <SendButton busy={busy}>{t("Keep the note")}</SendButton> : <small>{t("Kept")}</small>
      }
    >
      <p>{t("Only you ever see this note.")}</p>
      <textarea
        rows={5}
        maxLength={20000}
        aria-label={t("My own note")}
        value={draft.value}
        onInput={({ currentTarget }) => {
          draft.value = currentTarget.value;
        }}
      />
    </SendForm>
  );
}
