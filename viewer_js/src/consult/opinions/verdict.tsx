import { useSignal } from "@preact/signals";
import { t } from "../../i18n/translate";
import { SendButton, SendForm } from "../attempt";
import type { Room } from "../room";

interface VerdictProps {
  readonly room: Room;
  /** The drafts' name; the words are kept under it until the server has them. */
  readonly name: string;
  readonly options: Readonly<Record<string, string>>;
  readonly chosen: string | undefined;
  readonly label: string;
  readonly given: string | undefined;
  /** A second, short field that may stay empty. */
  readonly further?: string;
  readonly furtherGiven?: string | undefined;
  readonly action: string;
  readonly save: (chosen: string, text: string, further: string) => Promise<void>;
  readonly done: () => void;
}

/** One of a few answers, and words to it. */
export function Verdict(props: VerdictProps) {
  const { room, name, save, done } = props;
  const chosen = useSignal(props.chosen ?? "");
  const text = room.drafts.of(name);
  const further = useSignal(props.furtherGiven ?? "");
  const send = async (): Promise<void> => {
    await save(chosen.value, text.value || (props.given ?? ""), further.value);
    text.value = "";
    done();
  };
  return (
    <SendForm send={send} foot={(busy) => <SendButton busy={busy}>{props.action}</SendButton>}>
      <fieldset class="hr-choice">
        {Object.entries(props.options).map(([value, words]) => (
          <label key={value}>
            <input
              type="radio"
              name={`hr-${name}`}
              required
              checked={chosen.value === value}
              onChange={() => {
                chosen.value = value;
              }}
            />
            {t(words)}
          </label>
        ))}
      </fieldset>
      <label class="field">
        {props.label}
        <textarea
          rows={3}
          required
          minLength={3}
          maxLength={4000}
          value={text.value || props.given}
          onInput={(event) => {
            text.value = event.currentTarget.value;
          }}
        />
      </label>
      {props.further !== undefined && (
        <label class="field">
          {props.further}
          <input
            maxLength={1000}
            value={further.value}
            onInput={(event) => {
              further.value = event.currentTarget.value;
            }}
          />
        </label>
      )}
    </SendForm>
  );
}
