import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { requestJson, sentenceOf } from "../../api/http";
import { t } from "../../i18n/translate";
import { SendButton, SendForm } from "../attempt";
import type { Room } from "../room";
import type { RoomState } from "../wire";
import { KIND_HINTS, KINDS } from "./words";

interface Choice {
  readonly hospital: string;
  readonly people: readonly { readonly id: string; readonly name: string }[];
}

interface InviteProps {
  readonly room: Room;
  readonly state: RoomState;
}

/** Folded: one more specialist is rare. */
export function InviteReader({ room, state }: InviteProps) {
  const open = useSignal(false);
  if (!open.value) {
    return (
      <button type="button" class="hr-link" onClick={() => (open.value = true)}>
        {t("Ask another specialist")}
      </button>
    );
  }
  return <InviteForm room={room} state={state} done={() => (open.value = false)} />;
}

function InviteForm({ room, state, done }: InviteProps & { readonly done: () => void }) {
  const choices = useSignal<readonly Choice[] | null>(null);
  const trouble = useSignal("");
  const person = useSignal("");
  const kind = useSignal<string>("separate");
  useEffect(() => {
    requestJson<{ readonly choices: readonly Choice[] }>(`/consults/${state.consult.id}/readers`)
      .then((answer) => (choices.value = answer.choices))
      .catch((error: unknown) => (trouble.value = sentenceOf(error)));
  }, []);
  const send = async (): Promise<void> => {
    await room.wish("invite", { person_id: person.value, kind: kind.value });
    done();
  };
  if (trouble.value !== "") return <p class="hr-problem">{trouble.value}</p>;
  if (choices.value?.length === 0) return <p class="muted">{t("There is nobody else to ask.")}</p>;
  const kinds = Object.entries(KINDS).filter(
    ([value]) => value !== "joint" || state.consult.state !== "completed",
  );
  return (
    <SendForm
      send={send}
      foot={(busy) => (
        <div class="hr-editor-foot">
          <button type="button" class="button quiet" onClick={done}>
            {t("Back")}
          </button>
          <SendButton busy={busy}>{t("Ask")}</SendButton>
        </div>
      )}
    >
      <label class="field">
        {t("Specialist")}
        <select
          required
          value={person.value}
          onChange={(event) => {
            person.value = event.currentTarget.value;
          }}
        >
          <option value="" />
          {(choices.value ?? []).map(({ hospital, people }) => (
            <optgroup key={hospital} label={hospital}>
              {people.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </optgroup>
          ))}
        </select>
      </label>
      <fieldset class="hr-choice">
        {kinds.map(([value, words]) => (
          <label key={value}>
            <input
              type="radio"
              name="hr-reader-kind"
              checked={kind.value === value}
              onChange={() => {
                kind.value = value;
              }}
            />
            <span>
              {t(words)}
              <small class="hr-hint">{t(KIND_HINTS[value as keyof typeof KIND_HINTS])}</small>
            </span>
          </label>
        ))}
      </fieldset>
    </SendForm>
  );
}
