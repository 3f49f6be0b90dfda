/** Above the tabs while a recording is asked for or on: everybody sees that it is, and who is kept. */

import "./recordings.css";
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { t } from "../../i18n/translate";
import { Problem, useAttempt } from "../attempt";
import type { RecordingData } from "../event_types";
import { lengthOf } from "../length";
import type { Room } from "../room";
import { deskOf } from "./desk";

interface BarProps {
  readonly room: Room;
  readonly recording: RecordingData;
}

export function RecordingBar({ room }: { readonly room: Room }) {
  const desk = deskOf(room);
  const going = (room.state.value?.recordings ?? []).filter(
    ({ state }) => state === "asked" || state === "running",
  );
  return (
    <div class="hr-recording-place">
      {going.map((recording) =>
        recording.state === "asked" ? (
          <Asked key={recording.id} room={room} recording={recording} />
        ) : (
          <Running key={recording.id} room={room} recording={recording} />
        ),
      )}
      {desk.finishing.value && <p class="hr-recording">{t("The last of the recording is being sent…")}</p>}
      <Problem of={desk.problem} />
    </div>
  );
}

function Asked({ room, recording }: BarProps) {
  const attempt = useAttempt();
  const desk = deskOf(room);
  const me = room.config.person.id;
  const { by, asked, agreed, id } = recording;
  const waiting = asked.filter((person) => !agreed.includes(person.id));
  const isAsked = waiting.some((person) => person.id === me);
  const takesPart = isAsked || agreed.includes(me);
  const refuse = () => attempt.run(() => room.wish("refuse", { recording_id: id }));
  return (
    <section class="hr-recording" role="status" aria-label={t("Recording")}>
      <p>
        {isAsked
          ? t("{name} would like to record this talk: views, pointers and voices.", { name: by.name })
          : t("A recording waits for {names} to agree.", {
              names: waiting.map(({ name }) => name).join(", "),
            })}
      </p>
      {isAsked && (
        <button
          type="button"
          class="button primary"
          disabled={attempt.busy.value}
          onClick={() => void attempt.run(() => desk.agree(recording))}
        >
          {t("Agree")}
        </button>
      )}
      {takesPart && (
        <button type="button" class="button" disabled={attempt.busy.value} onClick={() => void refuse()}>
          {isAsked ? t("Do not record") : t("Cancel")}
        </button>
      )}
      <Problem of={attempt.problem} />
    </section>
  );
}

function Running({ room, recording }: BarProps) {
  const attempt = useAttempt();
  const desk = deskOf(room);
  const isMine = recording.agreed.includes(room.config.person.id);
  const isHere = desk.recorder.value?.id === recording.id;
  const waiting = isHere ? (desk.recorder.value?.sender.waiting.value ?? 0) : 0;
  const isTalk = recording.kind === "conference";
  const busy = attempt.busy.value;
  return (
    <section class="hr-recording on" role="status" aria-label={t("Recording")}>
      <p>
        <b>
          {isTalk
            ? t("This talk is being recorded")
            : t("{name} records a walk-through", { name: recording.by.name })}
        </b>{" "}
        <Clock recording={recording} />
        {!isMine && isTalk && <small>{t("Your view, pointer and voice are not kept.")}</small>}
        {isMine && !isHere && !desk.finishing.value && (
          <small>{t("This window is not kept: it was loaded anew.")}</small>
        )}
        {waiting > 2 && <small>{t("The line is slow: {count} pieces wait here.", { count: waiting })}</small>}
      </p>
      {!isMine && isTalk && (
        <button
          type="button"
          class="button"
          disabled={busy}
          onClick={() => void attempt.run(() => desk.agree(recording))}
        >
          {t("Agree")}
        </button>
      )}
      {isMine && !isHere && (
        <button
          type="button"
          class="button"
          disabled={busy}
          onClick={() => void attempt.run(() => desk.goOn(recording))}
        >
          {t("Go on")}
        </button>
      )}
      {isMine && (
        <button
          type="button"
          class="button hr-recording-stop"
          disabled={busy}
          onClick={() => void attempt.run(() => desk.stop(recording))}
        >
          {t("Stop recording")}
        </button>
      )}
      <Problem of={attempt.problem} />
    </section>
  );
}

function Clock({ recording }: Pick<BarProps, "recording">) {
  const at = useSignal(Date.now());
  useEffect(() => {
    const timer = setInterval(() => {
      at.value = Date.now();
    }, 1_000);
    return () => clearInterval(timer);
  }, [at]);
  const began = Date.parse(recording.began_at ?? "");
  return <time aria-hidden="true">{lengthOf(Math.max(0, at.value - began))}</time>;
}
