import { type Signal, signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { sentenceOf } from "../api/http";
import { t } from "../i18n/translate";
import { Problem } from "./attempt";

/** A question before something that others notice or that cannot be taken back. */
export interface Question {
  readonly title: string;
  readonly text: string;
  readonly action: string;
  readonly danger?: boolean;
  /** What has to be written: its label and where the words are kept until the server has them. */
  readonly writing?: { readonly label: string; readonly draft: Signal<string> };
  /** One of several, before the writing. */
  readonly choice?: {
    readonly label: string;
    readonly draft: Signal<string>;
    readonly options: readonly (readonly [value: string, name: string])[];
    /** The one that says nothing without words; of the others words are welcome, not asked for. */
    readonly needsWords: string;
  };
  readonly moment?: { readonly label: string; readonly draft: Signal<string> };
  readonly run: () => Promise<void>;
}

export const question: Signal<Question | null> = signal(null);
const busy = signal(false);
const problem = signal("");

export function ask(next: Question): void {
  problem.value = "";
  question.value = next;
}

function close(): void {
  question.value = null;
}

async function run({ run: act, choice, writing, moment }: Question): Promise<void> {
  busy.value = true;
  problem.value = "";
  try {
    await act();
    if (choice) choice.draft.value = "";
    if (writing) writing.draft.value = "";
    if (moment) moment.draft.value = "";
    close();
  } catch (error) {
    problem.value = sentenceOf(error);
  } finally {
    busy.value = false;
  }
}

function Fields({ choice, writing, moment }: Question) {
  const needsWords = choice === undefined || choice.draft.value === choice.needsWords;
  return (
    <>
      {choice && (
        <fieldset class="hr-choice">
          <legend>{choice.label}</legend>
          {choice.options.map(([value, name]) => (
            <label key={value}>
              <input
                type="radio"
                name="hr-choice"
                required
                checked={choice.draft.value === value}
                onChange={() => {
                  choice.draft.value = value;
                }}
              />
              {name}
            </label>
          ))}
        </fieldset>
      )}
      {writing && (
        <label class="field">
          {writing.label}
          <textarea
            rows={3}
            required={needsWords}
            minLength={needsWords ? 3 : 0}
            maxLength={1000}
            value={writing.draft.value}
            onInput={(event) => {
              writing.draft.value = event.currentTarget.value;
            }}
          />
        </label>
      )}
      {moment && (
        <label class="field">
          {moment.label}
          <input
            type="datetime-local"
            required
            value={moment.draft.value}
            onInput={(event) => {
              moment.draft.value = event.currentTarget.value;
            }}
          />
        </label>
      )}
    </>
  );
}

export function AskDialog() {
  const dialog = useRef<HTMLDialogElement>(null);
  const asked = question.value;
  useEffect(() => {
    if (asked !== null && dialog.current?.open === false) dialog.current.showModal();
  }, [asked]);
  if (asked === null) return null;
  return (
    <dialog ref={dialog} class="hr-ask" aria-labelledby="hr-ask-title" onClose={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void run(asked);
        }}
      >
        <h2 id="hr-ask-title">{asked.title}</h2>
        <p>{asked.text}</p>
        <Fields {...asked} />
        <Problem of={problem} />
        <div class="hr-ask-buttons">
          <button type="button" class="button" onClick={close}>
            {t("Back")}
          </button>
          <button
            type="submit"
            class={asked.danger ? "button danger" : "button primary"}
            disabled={busy.value}
          >
            {asked.action}
          </button>
        </div>
      </form>
    </dialog>
  );
}
