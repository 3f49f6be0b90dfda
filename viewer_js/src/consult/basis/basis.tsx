import { useSignal } from "@preact/signals";
import { msg, t } from "../../i18n/translate";
import { Problem, useAttempt } from "../attempt";
import type { BasisData, Ground, Lack, Mode } from "../event_types";
import { dateTimeOf } from "../moments";
import type { Room } from "../room";
import type { Consult } from "../wire";
import "../opinions/opinions.css";

const MODES: Record<Mode, string> = {
  conference: msg("Conference"),
  consultation: msg("Consultation"),
  "remote-reading": msg("Remote reading"),
};
const GROUNDS: Record<Ground, string> = {
  "patient-request": msg("Patient's written request"),
  "representative-request": msg("Representative's written request"),
  emergency: msg("Emergency (Law 91/2025, Art. 19.1)"),
  other: msg("Another ground"),
};
const LACKS: Record<Lack, string> = {
  agreement: msg("agreement"),
  ground: msg("ground for passing the data"),
  informed: msg("informing the patient"),
};

interface BasisProps {
  readonly room: Room;
  readonly consult: Consult;
}

/** Why the case may be sent; of an emergency that went ahead: what is missing, and the place to fill it in. */
export function Basis({ room, consult }: BasisProps) {
  const { basis } = consult;
  if (!basis) return null;
  const isLacking = basis.missing.length > 0 && consult.state !== "draft";
  return (
    <section class={isLacking ? "hr-told warn" : "hr-section"}>
      <h3>{t("Basis")}</h3>
      {isLacking && <Lacking room={room} basis={basis} />}
      <p class="hr-given">{agreementText(basis)}</p>
      <p class="hr-given">
        {basis.ground === null ? t("No ground") : t(GROUNDS[basis.ground])}
        {basis.ground_note && `: ${basis.ground_note}`}
      </p>
      <p class="hr-given">{informedText(basis)}</p>
      {basis.paper !== null && <a href={`/consults/${consult.id}/basis/scan`}>{basis.paper}</a>}
      {isLacking && room.me.value?.side === "referring" && <Complete room={room} basis={basis} />}
      {basis.paper === null && room.me.value?.side === "referring" && <AddScan room={room} />}
    </section>
  );
}

function agreementText({ agreement, mode }: BasisData): string {
  if (agreement === null) return `${t(MODES[mode])} · ${t("No agreement")}`;
  const { minutes, number } = agreement;
  const promise = t("answer within {count} min", { count: minutes });
  return `${t(MODES[mode])} · ${t("Agreement {number}", { number })} · ${promise}`;
}

function informedText({ informed }: BasisData): string {
  if (informed === null) return t("Not informed");
  return `${t("Patient informed")}: ${informed.by}, ${dateTimeOf(informed.at)}`;
}

function Lacking({ room, basis }: { readonly room: Room; readonly basis: BasisData }) {
  const what = basis.missing.map((lack) => t(LACKS[lack])).join(", ");
  return (
    <>
      <p>{t("Missing: {what}", { what })}</p>
      {basis.remind_at !== null && (
        <p class="muted">
          {t("This emergency was sent without its whole basis. Reminders: {count}, next {date}.", {
            count: basis.reminders,
            date: dateTimeOf(basis.remind_at),
          })}
        </p>
      )}
      {room.me.value?.side === "consulting" && (
        <p class="muted">{t("The basis is filled in by the referring side.")}</p>
      )}
    </>
  );
}

/** What the patient signed; it is sent as soon as it is chosen. */
function AddScan({ room }: { readonly room: Room }) {
  const problem = useSignal("");
  const send = async (file: File | undefined): Promise<void> => {
    if (!file) return;
    problem.value = "";
    const headers = {
      "X-CSRF-Token": room.config.csrf,
      "X-File-Name": encodeURIComponent(file.name),
      Accept: "application/json",
    };
    const address = `/consults/${room.config.consult_id}/basis/scan`;
    const answer = await fetch(address, { method: "PUT", headers, body: file }).catch(() => null);
    if (answer?.ok) return;
    const told = (await answer?.json().catch(() => null)) as { detail?: string } | null;
    problem.value = told?.detail ?? t("The scan could not be sent. Try again.");
  };
  return (
    <label>
      {t("Add a scan (PDF or JPEG)")}
      <input
        type="file"
        accept="application/pdf,image/jpeg"
        onChange={({ currentTarget }) => void send(currentTarget.files?.[0])}
      />
      <Problem of={problem} />
    </label>
  );
}

/** What is there already stays; the person who fills it in says that they told the patient. */
function Complete({ room, basis }: { readonly room: Room; readonly basis: BasisData }) {
  const ground = useSignal<string>(basis.ground ?? "");
  const note = useSignal(basis.ground_note);
  const told = useSignal(basis.informed !== null);
  const attempt = useAttempt();
  const send = async (): Promise<void> => {
    const now = { by: room.me.value?.name ?? "", at: new Date().toISOString(), how: "spoken" };
    const informed = told.value ? (basis.informed ?? now) : null;
    const wish = { mode: basis.mode, ground: ground.value || null, ground_note: note.value, informed };
    await room.wish("basis", { basis: wish });
  };
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void attempt.run(send);
      }}
    >
      <label>
        {t("Ground")}
        <select
          value={ground.value}
          onChange={({ currentTarget }) => {
            ground.value = currentTarget.value;
          }}
        >
          <option value="">{t("Choose the ground")}</option>
          {Object.entries(GROUNDS).map(([value, name]) => (
            <option key={value} value={value}>
              {t(name)}
            </option>
          ))}
        </select>
      </label>
      {ground.value === "other" && (
        <input
          aria-label={t("Note on the ground")}
          value={note.value}
          maxLength={1000}
          onInput={({ currentTarget }) => {
            note.value = currentTarget.value;
          }}
        />
      )}
      <label class="check">
        <input
          type="checkbox"
          checked={told.value}
          onChange={({ currentTarget }) => {
            told.value = currentTarget.checked;
          }}
        />
        <span>{t("The patient, or their representative, was told")}</span>
      </label>
      <button type="submit" class="button primary block" disabled={attempt.busy.value}>
        {t("Fill in the basis")}
      </button>
      <Problem of={attempt.problem} />
    </form>
  );
}
