import { useSignal } from "@preact/signals";
import { t } from "../i18n/translate";
import { SendButton, SendForm } from "./attempt";
import { Overtaken } from "./opinions/overtaken";
import { textsOf, versionOf } from "./opinions/written";
import type { Room } from "./room";
import type { RoomState } from "./wire";

interface EditorProps {
  readonly room: Room;
  readonly state: RoomState;
  /** Which answer; null: the opinion. */
  readonly questionId: string | null;
  /** The draft's name; the words are kept under it until the server has them. */
  readonly name: string;
  readonly label: string;
  readonly action: string;
  readonly given: string | null;
  /** Who gave it. */
  readonly by?: string | undefined;
  readonly rows: number;
  /** `version`: of the text that the writer saw when they began. */
  readonly save: (text: string, version: number) => Promise<void>;
}

const LONGEST = 20_000;

/** What was given, and for whoever may: the place to write or change it. */
export function Editor(props: EditorProps) {
  const draft = props.room.drafts.of(props.name);
  const begun = props.room.drafts.of(`${props.name}.version`);
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
            begun.value = String(versionOf(props.state, props.questionId));
            changing.value = true;
          }}
        >
          {t("Change")}
        </button>
      </p>
    </>
  );
}

/**
 * The words with the version they began from, both kept over a reload: what somebody else (or the same person in another
 * window) gave in between is shown, and only who then says so replaces it.
 */
function Writing({
  room,
  state,
  questionId,
  name,
  label,
  action,
  given,
  rows,
  save,
  done,
}: EditorProps & { readonly done: () => void }) {
  const draft = room.drafts.of(name);
  const begun = room.drafts.of(`${name}.version`);
  const sending = useSignal(false);
  const version = versionOf(state, questionId);
  const overtaken = draft.value !== "" && Number(begun.value) !== version && !sending.value;
  const leave = (): void => {
    draft.value = "";
    begun.value = "";
    done();
  };
  const send = async (): Promise<void> => {
    sending.value = true;
    try {
      await save(draft.value, overtaken ? version : Number(begun.value));
      leave();
    } finally {
      sending.value = false;
    }
  };
  return (
    <SendForm
      send={send}
      foot={(busy) => (
        <div class="hr-editor-foot" hidden={draft.value === "" && given === null}>
          <small>{t("Kept in this window until you send it")}</small>
          {given !== null && (
            <button type="button" class="button quiet" onClick={leave}>
              {t("Back")}
            </button>
          )}
          <SendButton busy={busy || draft.value.trim() === ""}>
            {overtaken ? t("Give mine instead") : action}
          </SendButton>
        </div>
      )}
    >
      {overtaken && <Overtaken by={textsOf(state, questionId).at(-1)} />}
      <textarea
        aria-label={label}
        placeholder={label}
        rows={rows}
        maxLength={LONGEST}
        required
        value={draft.value}
        onInput={(event) => {
          if (begun.value === "") begun.value = String(version);
          draft.value = event.currentTarget.value;
        }}
      />
    </SendForm>
  );
}
