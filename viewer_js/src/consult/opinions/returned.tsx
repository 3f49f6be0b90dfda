import { t } from "../../i18n/translate";
import { SendButton, SendForm } from "../attempt";
import type { Room } from "../room";
import type { Consult, Question } from "../wire";
import { returnReasonName } from "./words";
import "./opinions.css";

interface ReturnedProps {
  readonly room: Room;
  readonly consult: Consult;
}

/**
 * A case sent back: why, and for the referrer the place to mend it and send it again; then what was mended. Of one that
 * was completed: why it was opened again.
 */
export function Returned({ room, consult }: ReturnedProps) {
  const { reason, resubmission, return_reason, state } = consult;
  if (state !== "on-hold") {
    return (
      <>
        {resubmission && <Told title={t("Sent again")}>{resubmission}</Told>}
        {reason && state === "in-progress" && <Told title={t("Opened again")}>{reason}</Told>}
      </>
    );
  }
  return (
    <section class="hr-told warn">
      <h3>
        {return_reason
          ? t("Sent back: {reason}", { reason: returnReasonName(return_reason) })
          : t("Sent back")}
      </h3>
      {reason && <p class="hr-given">{reason}</p>}
      {consult.allowed.includes("resubmit") && <Resubmit room={room} consult={consult} />}
    </section>
  );
}

function Told({ title, children }: { readonly title: string; readonly children: string }) {
  return (
    <section class="hr-told">
      <h3>{title}</h3>
      <p class="hr-given">{children}</p>
    </section>
  );
}

function Resubmit({ room, consult }: ReturnedProps) {
  const note = room.drafts.of("resubmit");
  const open = consult.questions.filter(({ answer }) => answer === null);
  const send = async (): Promise<void> => {
    const reworded = open.map(({ id, text }) => ({
      id,
      text: room.drafts.of(`question.${id}`).value || text,
    }));
    await room.wish("resubmit", { note: note.value, questions: reworded });
    note.value = "";
    for (const { id } of open) room.drafts.of(`question.${id}`).value = "";
  };
  return (
    <SendForm send={send} foot={(busy) => <SendButton busy={busy}>{t("Send again")}</SendButton>}>
      <label class="field">
        {t("What was mended or added?")}
        <textarea
          rows={2}
          required
          minLength={3}
          maxLength={1000}
          value={note.value}
          onInput={(event) => {
            note.value = event.currentTarget.value;
          }}
        />
      </label>
      {open.length > 0 && (
        <details open={consult.return_reason === "unclear-question"}>
          <summary>{t("Word the questions anew")}</summary>
          {open.map((question) => (
            <Reword key={question.id} room={room} question={question} />
          ))}
        </details>
      )}
    </SendForm>
  );
}

function Reword({ room, question }: { readonly room: Room; readonly question: Question }) {
  const draft = room.drafts.of(`question.${question.id}`);
  return (
    <label class="field">
      {t("Question {number}", { number: question.number })}
      <textarea
        rows={2}
        required
        minLength={3}
        maxLength={1000}
        value={draft.value || question.text}
        onInput={(event) => {
          draft.value = event.currentTarget.value;
        }}
      />
    </label>
  );
}
