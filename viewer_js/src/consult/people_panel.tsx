import { t } from "../i18n/translate";
import { initialsOf } from "./initials";
import { timeOf } from "./moments";
import type { PresentPerson } from "./portal";
import type { Room } from "./room";

/** Who is really here now, each with a way to see what they see. */
export function PeoplePanel({ room }: { readonly room: Room }) {
  if (room.portal.line.value !== "open") {
    return <p class="hr-nothing">{t("The line is broken: who is here now is not known.")}</p>;
  }
  const me = room.config.person.id;
  const others = room.live.others;
  const self = room.live.people.value.filter(({ id }) => id === me);
  return (
    <div class="hr-scroll">
      <ul class="hr-list">
        {[...self, ...others].map((person) => (
          <PersonItem key={person.id} room={room} person={person} isMe={person.id === me} />
        ))}
      </ul>
      <Away room={room} />
      <GuestsLink room={room} />
      {others.length === 0 && (
        <p class="hr-nothing">
          {t("Nobody else is here. What you write and draw is kept and waits for them.")}
        </p>
      )}
    </div>
  );
}

/** For the referring side: people are invited on a page of its own, because link and code are shown there once. */
function GuestsLink({ room }: { readonly room: Room }) {
  const consult = room.state.value?.consult;
  if (!consult?.allowed.includes("admit")) return null;
  return (
    <p class="hr-nothing">
      <a class="button" href={`/consults/${consult.id}/guests`} target="_blank" rel="noopener">
        {t("Guests without an account")}
      </a>
    </p>
  );
}

/** Who has been here and is not now. */
function Away({ room }: { readonly room: Room }) {
  const here = new Set(room.live.people.value.map(({ id }) => id));
  const participants = room.state.value?.consult.participants ?? [];
  const away = participants.filter(({ id }) => !here.has(id));
  if (away.length === 0) return null;
  return (
    <>
      <h3 class="hr-away">{t("Not here now")}</h3>
      <ul class="hr-list">
        {away.map(({ id, name, hospital }) => (
          <li key={id} class="hr-item">
            <span class="initials" aria-hidden="true">
              {initialsOf({ id, name }, participants)}
            </span>
            <div class="hr-item-main">
              <span>{name}</span>
              <small>{hospital}</small>
            </div>
          </li>
        ))}
      </ul>
    </>
  );
}

interface PersonProps {
  readonly room: Room;
  readonly person: PresentPerson;
  readonly isMe: boolean;
}

function PersonItem({ room, person, isMe }: PersonProps) {
  const followed = room.live.following.value?.id === person.id;
  return (
    <li class="hr-item">
      <span class="initials" aria-hidden="true">
        {initialsOf(person, room.state.value?.consult.participants)}
      </span>
      <div class="hr-item-main">
        <b>{isMe ? t("{name} (you)", { name: person.name }) : person.name}</b>
        <span>{person.hospital}</span>
        <small>{t("here since {time}", { time: timeOf(person.since) })}</small>
      </div>
      {!isMe && (
        <button
          type="button"
          class="button"
          aria-pressed={followed}
          aria-label={t("Follow {name}", { name: person.name })}
          onClick={() => (followed ? room.live.stopFollowing() : room.live.follow(person))}
        >
          {followed ? t("Following") : t("Follow")}
        </button>
      )}
    </li>
  );
}
