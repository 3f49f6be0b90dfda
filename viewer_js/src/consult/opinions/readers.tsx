import { useSignal } from "@preact/signals";
import { t } from "../../i18n/translate";
import { Problem, SendButton, SendForm, useAttempt } from "../attempt";
import { dateTimeOf } from "../moments";
import type { Room } from "../room";
import type { Question, Reader, RoomState } from "../wire";
import { InviteReader } from "./invite";
import { Overtaken } from "./overtaken";
import { readingOf } from "./reading_of";
import { KINDS } from "./words";
import "./opinions.css";

interface ReadersProps {
  readonly room: Room;
  readonly state: RoomState;
}

/** The specialists beside the consultant: who they are, what each says, and for each of them their next step. */
export function Readers({ room, state }: ReadersProps) {
  const readers = state.opinions?.readers ?? [];
  const mayInvite = state.consult.allowed.includes("invite");
  if (readers.length === 0 && !mayInvite) return null;
  const mine = readingOf(state, room.config.person.id);
  return (
    <section class="hr-section hr-readers">
      {readers.length > 0 && <h3>{t("Further specialists")}</h3>}
      {readers.map((reader) => (
        <ReaderItem key={reader.person.id} room={room} state={state} reader={reader} />
      ))}
      {mine !== null && <MyPart room={room} state={state} mine={mine} />}
      {mayInvite && <InviteReader room={room} state={state} />}
    </section>
  );
}

/** Under a question: what each reader concludes on it. */
export function Conclusions({ state, question }: { readonly state: RoomState; readonly question: Question }) {
  const said = (state.opinions?.readers ?? []).flatMap(({ person, reading }) =>
    (reading?.conclusions ?? [])
      .filter(({ question_id }) => question_id === question.id)
      .map(({ text }) => ({ person, text })),
  );
  return (
    <>
      {said.map(({ person, text }) => (
        <div key={person.id} class="hr-second">
          <p class="hr-given">{text}</p>
          <small>{person.name}</small>
        </div>
      ))}
    </>
  );
}

function ReaderItem({ room, state, reader }: ReadersProps & { readonly reader: Reader }) {
  const { person, kind, reading } = reader;
  const isBound = reading !== null || (kind === "joint" && state.consult.state === "completed");
  return (
    <div class="hr-told">
      <h4>
        {person.name} <small>{person.hospital}</small>
      </h4>
      <small>
        {t(KINDS[kind])} · {standing(reader)}
      </small>
      {reading && <p class="hr-given">{reading.text}</p>}
      {state.consult.allowed.includes("dismiss") && !isBound && <Dismiss room={room} reader={reader} />}
    </div>
  );
}

function standing({ kind, consented_at, reading }: Reader): string {
  if (reading !== null) {
    const time = dateTimeOf(reading.at);
    return reading.version > 1 ? t("opinion revised {time}", { time }) : t("opinion given {time}", { time });
  }
  if (kind !== "joint") return t("no opinion yet");
  return consented_at === null
    ? t("has not signed yet")
    : t("signed {time}", { time: dateTimeOf(consented_at) });
}

function Dismiss({ room, reader }: { readonly room: Room; readonly reader: Reader }) {
  const attempt = useAttempt();
  return (
    <>
      <button
        type="button"
        class="hr-link"
        disabled={attempt.busy.value}
        onClick={() => void attempt.run(() => room.wish("dismiss", { person_id: reader.person.id }))}
      >
        {t("No longer ask {name}", { name: reader.person.name })}
      </button>
      <Problem of={attempt.problem} />
    </>
  );
}

function MyPart({ room, state, mine }: ReadersProps & { readonly mine: Reader }) {
  const { allowed } = state.consult;
  const isFixed = mine.kind === "blind" && mine.reading !== null;
  return (
    <>
      {allowed.includes("consent") && mine.consented_at === null && <Sign room={room} state={state} />}
      {allowed.includes("read") && !isFixed && <OwnReading room={room} state={state} mine={mine} />}
      {allowed.includes("leave") && mine.reading === null && mine.consented_at === null && (
        <Leave room={room} />
      )}
    </>
  );
}

function Sign({ room, state }: ReadersProps) {
  const attempt = useAttempt();
  const { consult } = state;
  const isWhole = consult.opinion !== null && consult.questions.every(({ answer }) => answer !== null);
  if (!isWhole)
    return <p class="muted">{t("You can sign when every question is answered and the opinion is given.")}</p>;
  return (
    <>
      <button
        type="button"
        class="button primary block"
        disabled={attempt.busy.value}
        onClick={() => void attempt.run(() => room.wish("consent"))}
      >
        {t("Sign the joint opinion")}
      </button>
      <Problem of={attempt.problem} />
    </>
  );
}

function Leave({ room }: { readonly room: Room }) {
  const attempt = useAttempt();
  return (
    <>
      <button
        type="button"
        class="hr-link"
        disabled={attempt.busy.value}
        onClick={() => void attempt.run(() => room.wish("leave"))}
      >
        {t("Step back from this case")}
      </button>
      <Problem of={attempt.problem} />
    </>
  );
}

/** The reader's own opinion: a conclusion for every question, and the whole. */
function OwnReading({ room, state, mine }: ReadersProps & { readonly mine: Reader }) {
  const { questions } = state.consult;
  const whole = room.drafts.of("reading");
  const given = (id: string): string =>
    mine.reading?.conclusions.find(({ question_id }) => question_id === id)?.text ?? "";
  const words = (id: string): string => room.drafts.of(`reading.${id}`).value || given(id);
  const version = mine.reading?.version ?? 0;
  const begun = room.drafts.of("reading.version");
  const sending = useSignal(false);
  const overtaken = begun.value !== "" && Number(begun.value) !== version && !sending.value;
  const write = (name: string, said: string): void => {
    if (begun.value === "") begun.value = String(version);
    room.drafts.of(name).value = said;
  };
  const send = async (): Promise<void> => {
    const conclusions = questions.map(({ id }) => ({ question_id: id, text: words(id) }));
    const from = overtaken ? version : Number(begun.value || version);
    sending.value = true;
    try {
      await room.wish("read", {
        conclusions,
        text: whole.value || (mine.reading?.text ?? ""),
        version: from,
      });
      for (const { id } of questions) room.drafts.of(`reading.${id}`).value = "";
      whole.value = "";
      begun.value = "";
    } finally {
      sending.value = false;
    }
  };
  const form = (
    <SendForm
      send={send}
      foot={(busy) => (
        <SendButton busy={busy}>{overtaken ? t("Give mine instead") : t("Give my opinion")}</SendButton>
      )}
    >
      {overtaken && mine.reading && <Overtaken by={{ ...mine.reading, by: mine.person }} />}
      {mine.kind === "blind" && (
        <p class="muted">
          {t(
            "You read blind: what the others think is hidden from you until you give your opinion. It can be given once.",
          )}
        </p>
      )}
      {questions.map(({ id, number, text }) => (
        <Words
          key={id}
          label={`${number}. ${text}`}
          rows={2}
          value={words(id)}
          onInput={(said) => write(`reading.${id}`, said)}
        />
      ))}
      <Words
        label={t("Findings and conclusion")}
        rows={5}
        value={whole.value || (mine.reading?.text ?? "")}
        onInput={(said) => write("reading", said)}
      />
    </SendForm>
  );
  if (mine.reading === null) return form;
  return (
    <details>
      <summary>{t("Change my opinion")}</summary>
      {form}
    </details>
  );
}

interface WordsProps {
  readonly label: string;
  readonly rows: number;
  readonly value: string;
  readonly onInput: (said: string) => void;
}

function Words({ label, rows, value, onInput }: WordsProps) {
  return (
    <label class="field">
      {label}
      <textarea
        rows={rows}
        required
        maxLength={20_000}
        value={value}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </label>
  );
}
