import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ApiError, isBrokenLine, requestJson } from "../../api/http";
import { msg, t } from "../../i18n/translate";
import type { FindingCode } from "../event_types";
import { dateTimeOf } from "../moments";
import type { Room } from "../room";
import type { Preflight, RoomState } from "../wire";
import "../opinions/opinions.css";
import "./preflight.css";

const SENTENCES: Record<FindingCode, string> = {
  charset: msg("The machine does not say how it writes names: the name shown is guessed."),
  damaged: msg("Stored images are damaged and cannot be shown: {detail}"),
  identity: msg("The patient's data are not whole or not the same in all files: {detail}"),
  incomplete: msg("Images are still arriving: {detail} so far."),
  laterality: msg("Right or left is not said, or not to be relied on: {detail}"),
  "missing-series": msg("The protocol wants a series that is not here: {detail}"),
  spacing: msg("Nothing can be measured in millimetres: {detail}"),
};
/** What `detail` of `identity` names. */
const LACKING = [
  msg("name"),
  msg("patient number"),
  msg("date of birth"),
  msg("files under other patient data"),
];
const ASK_AGAIN_MS = 4000;
const ENDED: ReadonlySet<string> = new Set(["cancelled", "completed", "rejected"]);

interface Arrival {
  readonly images: number;
  readonly expected: number | null;
  readonly arriving: boolean;
  readonly last_at: string;
  /** Series that the protocol wants and that are not here yet. */
  readonly missing: readonly string[];
}

interface Answer {
  readonly studies: Readonly<Record<string, Arrival>>;
  /** The server's time, so that a wrong clock here does not matter. */
  readonly now: string;
}

interface PartProps {
  readonly room: Room;
  readonly state: RoomState;
}

/** What is still on its way, and what the case was sent with as it is. */
export function PreflightPart({ room, state }: PartProps) {
  return (
    <>
      <Arriving room={room} state={state} />
      {state.preflight && <AsItIs told={state.preflight} state={state} />}
    </>
  );
}

function AsItIs({ told, state }: { readonly told: Preflight; readonly state: RoomState }) {
  const { studies } = state.consult;
  const nameOf = (id: string): string => studies.find((study) => study.id === id)?.description ?? "";
  return (
    <details class="hr-told warn" open={!ENDED.has(state.consult.state)}>
      <summary>{t("Sent as it is")}</summary>
      <ul class="hr-findings">
        {told.findings.map(({ code, detail, study_id }) => (
          <li key={`${code}${study_id}${detail}`}>
            {t(SENTENCES[code], { detail: detail.split(", ").map(worded).join(", ") })}
            {studies.length > 1 && <small>{nameOf(study_id)}</small>}
          </li>
        ))}
      </ul>
      <small>
        {told.by.name} · {dateTimeOf(told.at)}
      </small>
    </details>
  );
}

function worded(part: string): string {
  return LACKING.includes(part) ? t(part) : part;
}

/** Asked for again while images arrive; not at all once everything is here. */
function Arriving({ room, state }: PartProps) {
  const answer = useSignal<Answer | null>(null);
  const { consult_id } = room.config;
  const { studies, state: standing } = state.consult;
  useEffect(() => {
    let timer = 0;
    let gone = false;
    const ask = async (): Promise<void> => {
      let isArriving = false;
      try {
        const told = await requestJson<Answer>(`/consults/${consult_id}/arrival`);
        isArriving = Object.values(told.studies).some(({ arriving }) => arriving);
        if (!gone) answer.value = told;
      } catch (error) {
        isArriving = isBrokenLine(error) || (error instanceof ApiError && error.passing);
      }
      if (isArriving && !gone) timer = window.setTimeout(() => void ask(), ASK_AGAIN_MS);
    };
    void ask();
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [consult_id, studies.length, standing, answer]);
  const told = answer.value;
  if (told === null) return null;
  const lines = studies.flatMap(({ id, description }) => {
    const arrival = told.studies[id];
    return arrival?.arriving ? [{ id, description, arrival }] : [];
  });
  if (lines.length === 0) return <StillMissing state={state} told={told} />;
  return (
    <section class="hr-told">
      <h3>{t("Images are still arriving")}</h3>
      {lines.map(({ id, description, arrival }) => (
        <p key={id}>
          {description}: {arrivalText(arrival, told.now)}
          {arrival.missing.length > 0 && (
            <small>
              {t("The protocol still waits for: {detail}", { detail: arrival.missing.join(", ") })}
            </small>
          )}
        </p>
      ))}
    </section>
  );
}

/** Everything has come, and a series of the protocol with it not. */
function StillMissing({ state, told }: { readonly state: RoomState; readonly told: Answer }) {
  const waved = new Set(state.preflight?.findings.map(({ code, study_id }) => `${code} ${study_id}`));
  const lacking = state.consult.studies.filter(
    ({ id }) => (told.studies[id]?.missing.length ?? 0) > 0 && !waved.has(`missing-series ${id}`),
  );
  if (lacking.length === 0 || ENDED.has(state.consult.state)) return null;
  return (
    <section class="hr-told warn">
      {lacking.map(({ id, description }) => (
        <p key={id}>
          {description}:{" "}
          {t(SENTENCES["missing-series"], { detail: told.studies[id]?.missing.join(", ") ?? "" })}
        </p>
      ))}
    </section>
  );
}

function arrivalText({ expected, images, last_at }: Arrival, now: string): string {
  const seconds = Math.max(0, Math.round((Date.parse(now) - Date.parse(last_at)) / 1000));
  return expected !== null && expected > images
    ? t("{count} of about {expected} images, the last {seconds} s ago", { count: images, expected, seconds })
    : t("{count} images so far, the last {seconds} s ago", { count: images, seconds });
}
