import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { requestJson } from "../../api/http";
import { t, tn } from "../../i18n/translate";
import { Problem, useAttempt } from "../attempt";
import { dateOf } from "../moments";
import type { Room } from "../room";
import type { RoomState } from "../wire";
import "./preflight.css";

interface EarlierStudy {
  readonly id: string;
  readonly description: string;
  readonly image_count: number;
  readonly report_count: number;
}

interface EarlierReport {
  readonly id: string;
  readonly study: string;
  readonly author: string;
  readonly hospital: string;
  readonly at: string;
  readonly conclusion: string;
}

interface Answer {
  readonly studies: readonly EarlierStudy[];
  readonly reports: readonly EarlierReport[];
}

interface PartProps {
  readonly room: Room;
  readonly state: RoomState;
}

/** Reports from before on the studies of the case; and for who may share them, further studies of the patient. */
export function EarlierPart({ room, state }: PartProps) {
  const answer = useSignal<Answer | null>(null);
  const shared = state.consult.studies.length;
  useEffect(() => {
    requestJson<Answer>(`/consults/${room.config.consult_id}/earlier`)
      .then((told) => {
        answer.value = told;
      })
      .catch(() => {}); // the case is told without it
  }, [room, shared, answer]);
  const told = answer.value;
  if (told === null || told.studies.length + told.reports.length === 0) return null;
  return (
    <section class="hr-section hr-earlier">
      <h3>{t("Earlier studies and reports")}</h3>
      {told.reports.map((report) => (
        <details key={report.id} class="hr-fold">
          <summary>
            {t("Report of {date}", { date: dateOf(report.at) })}
            <small>{report.study}</small>
          </summary>
          <p class="hr-given">{report.conclusion}</p>
          <small>
            {report.author}, {report.hospital}
          </small>
        </details>
      ))}
      {told.studies.length > 0 && (
        <ul>
          {told.studies.map((study) => (
            <Offered key={study.id} room={room} study={study} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Offered({ room, study }: { readonly room: Room; readonly study: EarlierStudy }) {
  const attempt = useAttempt();
  const { description, id, image_count, report_count } = study;
  return (
    <li>
      <span>
        {description}
        <small>
          {tn("{count} image", "{count} images", image_count)}
          {report_count > 0 && ` · ${tn("{count} report", "{count} reports", report_count)}`}
        </small>
      </span>
      <button
        type="button"
        class="button"
        aria-label={t("Share {name}", { name: description })}
        disabled={attempt.busy.value}
        onClick={() => void attempt.run(() => room.wish("studies", { study_id: id }))}
      >
        {t("Share")}
      </button>
      <Problem of={attempt.problem} />
    </li>
  );
}
