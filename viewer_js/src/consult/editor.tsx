import { useSignal } from "@preact/signals";
import { t } from "../i18n/translate";
import { SendButton, SendForm } from "./attempt";
import type { Room } from "./room";

interface EditorProps {
  readonly room: Room;
  /** The draft's name; the words are kept under it until the server has them. */
  readonly name: string;
  readonly label: string;
  readonly action: string;
  readonly given: string | null;
  /** Who gave it. */
  readonly by?: string | undefined;
  readonly rows: number;
  readonly save: (text: string) => Promise<void>;
}

const LONGEST = 20_000;

/** What was given, and for whoever may: the place to write or change it. */
export function Editor(props: EditorProps) {
  const draft = props.room.drafts.of(props.name);
  const changing = useSignal(false);
  if (props.given === null || changing.value || draft.value !== "") {
    return <Writing {...props} done={() => (changing.value = false)} />;
  }
  return (
    <>
      <p class="hr-given">{props.given}</p>
      <p class="hr-given-foot">
        {props.by && <small>{props.by}</small>}
        <button
          type="button"
          class="hr-link"
          onClick={() => {
            draft.value = props.given ?? "";
            changing.value = true;
          }}
        >
          {t("Change")}
        </button>
      </p>
    </>
  );
}

function Writing({
  room,
  name,
  label,
  action,
  given,
  rows,
  save,
  done,
}: EditorProps & { readonly done: () => void }) {
  const draft = room.drafts.of(name);
  const send = async (): Promise<void> => {
    await save(draft.value);
    draft.value = "";
    done();
  };
  return (
    <SendForm
      send={send}
      foot={(busy) => (
        <div class="hr-editor-foot" hidden={draft.value === "" && given === null}>
          <small>{t("Kept in this window until you send it")}</small>
          {given !== null && (
            <button
              type="button"
              class="button quiet"
              onClick={() => {
                draft.value = "";
                done();
              }}
            >
              {t("Back")}
            </button>
          )}
          <SendButton busy={busy || draft.value.trim() === ""}>{action}</SendButton>
        </div>
      )}
    >
      <textarea
        aria-label={label}
        placeholder={label}
        rows={rows}
        maxLength={LONGEST}
        required
        value={draft.value}
        onInput={(event) => {
          draft.value = event.currentTarget.value;
        }}
      />
    </SendForm>
  );
}
