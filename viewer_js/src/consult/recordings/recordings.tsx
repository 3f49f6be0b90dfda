/** What was recorded in this room, and the ways to record; the ways are folded away. */

import "./recordings.css";
import { useSignal } from "@preact/signals";
import { t } from "../../i18n/translate";
import { Problem, SendButton, SendForm, useAttempt } from "../attempt";
import type { RecordingData } from "../event_types";
import { Icon } from "../icons";
import { lengthOf } from "../length";
import { dateTimeOf } from "../moments";
import type { Room } from "../room";
import type { RoomState } from "../wire";
import { deskOf } from "./desk";

interface PartProps {
  readonly room: Room;
  readonly state: RoomState;
}

const WALKERS = ["conclude", "consent", "read", "resume"] as const;

export function RecordingsPart({ room, state }: PartProps) {
  const all = state.recordings ?? [];
  const kept = all.filter((one) => one.state === "ready" || one.state === "stopped");
  const isGoing = all.some((one) => one.state === "asked" || one.state === "running");
  const isGuest = room.config.person.roles?.some((role) => role.endsWith("guest")) ?? false;
  const mayRecord = !isGuest && !isGoing && state.consult.allowed.includes("discuss");
  if (kept.length === 0 && !mayRecord) return null;
  return (
    <section class="hr-section hr-recordings">
      {kept.length > 0 && <h3>{t("Recordings")}</h3>}
      {kept.length > 0 && (
        <ul>
          {kept.map((recording) => (
            <Kept key={recording.id} room={room} recording={recording} />
          ))}
        </ul>
      )}
      {mayRecord && <Begin room={room} state={state} />}
    </section>
  );
}

function Kept({ room, recording }: { readonly room: Room; readonly recording: RecordingData }) {
  const attempt = useAttempt();
  const isAsking = useSignal(false);
  const isMine = recording.agreed.includes(room.config.person.id);
  return (
    <li>
      <PlayLink room={room} recording={recording} />
      <small>
        {recording.by.name} · {dateTimeOf(recording.began_at ?? "")}
      </small>
      {isMine && !isAsking.value && (
        <button
          type="button"
          class="hr-link"
          onClick={() => {
            isAsking.value = true;
          }}
        >
          {t("Take back")}
        </button>
      )}
      {isAsking.value && (
        <p>
          {t("It is deleted for everybody.")}{" "}
          <button
            type="button"
            class="button"
            disabled={attempt.busy.value}
            onClick={() => void attempt.run(() => room.wish("retract", { recording_id: recording.id }))}
          >
            {t("Delete the recording")}
          </button>{" "}
          <button
            type="button"
            class="button quiet"
            onClick={() => {
              isAsking.value = false;
            }}
          >
            {t("Cancel")}
          </button>
        </p>
      )}
      <Problem of={attempt.problem} />
    </li>
  );
}

interface LinkProps {
  readonly room: Room;
  readonly recording: RecordingData;
  /** False where its title stands beside it. */
  readonly isNamed?: boolean;
}

/** Also in the talk, where a walk-through was handed over. */
export function PlayLink({ room, recording, isNamed = true }: LinkProps) {
  const kind = recording.kind === "walk-through" ? t("Walk-through") : t("Recorded talk");
  const name = (isNamed && recording.title) || kind;
  if (recording.state === "withdrawn")
    return <span class="muted">{t("A recording that was taken back")}</span>;
  const length = lengthOf(recording.duration_ms ?? 0);
  // whoever may not know the patient hears no voices that may name them
  if (room.config.person.roles?.includes("nameless-guest")) return <span class="muted">{name}</span>;
  if (recording.state !== "ready") {
    return (
      <span class="muted">
        {name} ({length}) · {t("is being prepared")}
      </span>
    );
  }
  return (
    <a
      class="hr-play"
      href={`/consults/${room.config.consult_id}/recordings/${recording.id}`}
      target="_blank"
      rel="noopener"
    >
      <Icon name="play" />
      {name} ({length})
    </a>
  );
}

function Begin({ room, state }: PartProps) {
  const desk = deskOf(room);
  const attempt = useAttempt();
  const title = useSignal("");
  const withVoice = useSignal(true);
  const { allowed } = state.consult;
  const others = room.live.others.map(({ name }) => name).join(", ");
  return (
    <details>
      <summary>{t("Record…")}</summary>
      {WALKERS.some((verb) => allowed.includes(verb)) && (
        <SendForm
          send={() => desk.startAlone(title.value, withVoice.value)}
          foot={(busy) => <SendButton busy={busy}>{t("Record a walk-through")}</SendButton>}
        >
          <p class="muted">
            {t("You alone: what you show, point at and say becomes an answer that can be played.")}
          </p>
          <label>
            {t("What it shows (may stay empty)")}
            <input
              type="text"
              maxLength={200}
              value={title.value}
              onInput={({ currentTarget }) => {
                title.value = currentTarget.value;
              }}
            />
          </label>
          <label class="hr-check">
            <input
              type="checkbox"
              checked={withVoice.value}
              onChange={({ currentTarget }) => {
                withVoice.value = currentTarget.checked;
              }}
            />
            {t("With my voice")}
          </label>
        </SendForm>
      )}
      <p class="muted">
        {others
          ? t("This talk: {names} and you are recorded once all of them agree.", { names: others })
          : t("This talk: whoever comes is asked before anything of theirs is kept.")}
      </p>
      <button
        type="button"
        class="button"
        disabled={attempt.busy.value || room.portal.line.value !== "open"}
        onClick={() => void attempt.run(() => desk.ask())}
      >
        {t("Record this talk")}
      </button>
      <Problem of={attempt.problem} />
    </details>
  );
}
