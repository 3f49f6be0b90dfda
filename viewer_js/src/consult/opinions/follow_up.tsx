import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { t } from "../../i18n/translate";
import { dateTimeOf } from "../moments";
import type { Room } from "../room";
import type { Opinions, RoomState } from "../wire";
import { NO_OPINIONS } from "./fold";
import { Verdict } from "./verdict";
import { AGREEMENTS, FOLLOWS } from "./words";
import "./opinions.css";

interface FollowUpProps {
  readonly room: Room;
  readonly state: RoomState;
}

/** After the opinion: what the referrer decided, and what the case turned out to be. Both sides see it. */
export function FollowUp({ room, state }: FollowUpProps) {
  const { consult, opinions = NO_OPINIONS } = state;
  const nothing = opinions.decision === null && opinions.outcome === null;
  if (consult.state !== "completed" && nothing) return null;
  return (
    <section class="hr-section hr-follow-up">
      <h3>{t("Decision and outcome")}</h3>
      <Decision room={room} opinions={opinions} mayWrite={consult.allowed.includes("decide")} />
      <Outcome room={room} opinions={opinions} mayWrite={consult.allowed.includes("outcome")} />
    </section>
  );
}

interface PartProps {
  readonly room: Room;
  readonly opinions: Opinions;
  readonly mayWrite: boolean;
}

function Decision({ room, opinions: { decision }, mayWrite }: PartProps) {
  return (
    <Part
      name={t("Decision of the referring doctor")}
      open={mayWrite && decision === null}
      mayWrite={mayWrite}
      form={(done) => (
        <Verdict
          room={room}
          name="decision"
          options={FOLLOWS}
          chosen={decision?.follows}
          label={t("What was decided?")}
          given={decision?.text}
          action={t("Record the decision")}
          save={(follows, text) => room.wish("decide", { follows, text })}
          done={done}
        />
      )}
    >
      {decision && (
        <Said by={decision.by.name} at={decision.at} verdict={t(FOLLOWS[decision.follows])}>
          {decision.text}
        </Said>
      )}
    </Part>
  );
}

function Outcome({ room, opinions: { outcome, wanted_at }, mayWrite }: PartProps) {
  return (
    <Part
      name={t("Outcome")}
      open={mayWrite && outcome === null && wanted_at !== null}
      mayWrite={mayWrite}
      form={(done) => (
        <Verdict
          room={room}
          name="outcome"
          options={AGREEMENTS}
          chosen={outcome?.agreement}
          label={t("Final diagnosis")}
          given={outcome?.diagnosis}
          further={t("How it is known (operation, pathology, course)")}
          furtherGiven={outcome?.source}
          action={t("Report the outcome")}
          save={(agreement, diagnosis, source) => room.wish("outcome", { agreement, diagnosis, source })}
          done={done}
        />
      )}
    >
      {outcome && (
        <Said by={outcome.by.name} at={outcome.at} verdict={t(AGREEMENTS[outcome.agreement])}>
          {outcome.source ? `${outcome.diagnosis}\n${outcome.source}` : outcome.diagnosis}
        </Said>
      )}
    </Part>
  );
}

interface FoldedProps {
  readonly name: string;
  /** The form stands open without being asked for. */
  readonly open: boolean;
  readonly mayWrite: boolean;
  readonly form: (done: () => void) => ComponentChildren;
  readonly children: ComponentChildren;
}

function Part({ name, open, mayWrite, form, children }: FoldedProps) {
  const writing = useSignal(false);
  const isOpen = mayWrite && (open || writing.value);
  return (
    <div class="hr-told">
      <h4>{name}</h4>
      {children || (!isOpen && <p class="muted">{t("Not told yet")}</p>)}
      {isOpen && form(() => (writing.value = false))}
      {mayWrite && !isOpen && (
        <button type="button" class="hr-link" onClick={() => (writing.value = true)}>
          {children ? t("Change") : t("Write")}
        </button>
      )}
    </div>
  );
}

interface SaidProps {
  readonly by: string;
  readonly at: string;
  readonly verdict: string;
  readonly children: string;
}

function Said({ by, at, verdict, children }: SaidProps) {
  return (
    <>
      <p>
        <strong>{verdict}</strong>
      </p>
      <p class="hr-given">{children}</p>
      <small>
        {by} · {dateTimeOf(at)}
      </small>
    </>
  );
}
