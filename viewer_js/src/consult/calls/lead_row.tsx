import { t } from "../../i18n/translate";
import { isCalledOff } from "../called_off";
import type { Person } from "../event_types";
import type { Room } from "../room";
import { type Leading, leadingOf } from "./leading";
import { Mark } from "./marks";

/** Who leads the view, and the one thing this person can do about it. */
export function LeadRow({ room }: { readonly room: Room }) {
  const leading = leadingOf(room);
  const { leader } = room.portal.calls.control.value;
  const { value: state } = room.state;
  if (room.portal.line.value !== "open" || state === null) return null;
  if (leader?.id === room.config.person.id) return <Me room={room} leading={leading} />;
  const seesImages = room.openStudies.value.size > 0;
  if (isCalledOff(state.consult) || leading.isBlind || !seesImages) return null;
  if (leader === null) return <Nobody room={room} leading={leading} />;
  return <Another room={room} leading={leading} leader={leader} />;
}

interface RowProps {
  readonly room: Room;
  readonly leading: Leading;
}

function Nobody({ room, leading }: RowProps) {
  if (room.live.others.length === 0) return null;
  return (
    <button type="button" class="button quiet hr-lead" onClick={() => void leading.ask()}>
      <Mark name="hand" />
      {t("Lead the view")}
    </button>
  );
}

function Me({ room, leading }: RowProps) {
  const { asking } = room.portal.calls.control.value;
  return (
    <div class="hr-leads" role="status">
      <p>
        <Mark name="hand" />
        <span>{t("You lead: the others see what you see.")}</span>
        <button type="button" class="button" onClick={() => void leading.end()}>
          {t("Stop leading")}
        </button>
      </p>
      {asking.map((person) => (
        <p key={person.id}>
          <span>{t("{name} asks to lead.", { name: person.name })}</span>
          <button type="button" class="button primary" onClick={() => void leading.give(person.id)}>
            {t("Let them lead")}
          </button>
        </p>
      ))}
    </div>
  );
}

function Another({ room, leading, leader }: RowProps & { readonly leader: Person }) {
  const { asking, lender } = room.portal.calls.control.value;
  const me = room.config.person.id;
  const follows = room.live.following.value?.id === leader.id;
  return (
    <div class="hr-leads" role="status">
      <p>
        <Mark name="hand" />
        <span>{t("{name} leads the view.", { name: leader.name })}</span>
        {!follows && (
          <button type="button" class="button primary" onClick={() => room.live.follow(leader)}>
            {t("Follow")}
          </button>
        )}
        {lender === me && (
          <button type="button" class="button" onClick={() => void leading.take()}>
            {t("Take it back")}
          </button>
        )}
        {lender !== me && asking.some(({ id }) => id === me) && <small>{t("You have asked to lead.")}</small>}
        {lender !== me && !asking.some(({ id }) => id === me) && (
          <button type="button" class="button" onClick={() => void leading.ask()}>
            {t("Ask to lead")}
          </button>
        )}
      </p>
    </div>
  );
}
