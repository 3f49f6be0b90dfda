import { t } from "../../i18n/translate";
import { Icon } from "../icons";
import { dateTimeOf, timeOf } from "../moments";
import type { Room } from "../room";
import type { Message, Person, RoomState, View } from "../wire";
import { LineParts } from "./line_parts";
import { LineText } from "./line_text";
import { namesOf } from "./people";

interface LineProps {
  readonly room: Room;
  readonly state: RoomState;
  readonly message: Message;
  readonly isLast: boolean;
  readonly isNew: boolean;
  readonly headed: boolean;
}

/** One line of the talk, with what it carries and the way to answer it. */
export function Line({ room, state, message, isNew, isLast, headed }: LineProps) {
  const { author, at, id, text, view } = message;
  const mine = author.id === room.config.person.id;
  return (
    <>
      {isNew && (
        <li class="hr-new">
          <span>{t("New")}</span>
        </li>
      )}
      <li id={`hr-line-${id}`} class={lineClass(message, room.config.person.id)}>
        {headed && <LineHead author={author} at={at} mine={mine} />}
        <div class="hr-row">
          <div class="hr-bubble" title={dateTimeOf(at)}>
            <LineParts room={room} state={state} line={message} />
            {text && <LineText room={room} text={text} state={state} />}
            {view && !message.region && <ViewChip room={room} view={view} />}
          </div>
          {state.consult.allowed.includes("discuss") && <ReplyButton room={room} message={message} />}
        </div>
        {isLast && mine && <SeenBy room={room} state={state} message={message} />}
      </li>
    </>
  );
}

function lineClass({ author, mentions, recipients }: Message, me: string): string {
  const classes = ["hr-line"];
  if (author.id === me) classes.push("mine");
  if (mentions?.includes(me)) classes.push("named");
  if (recipients) classes.push("few");
  return classes.join(" ");
}

function ReplyButton({ room, message }: { readonly room: Room; readonly message: Message }) {
  return (
    <button
      type="button"
      class="button quiet hr-reply"
      aria-label={t("Answer this line")}
      title={t("Answer this line")}
      onClick={() => room.carry.answer(message, room.config.person.id)}
    >
      <Icon name="reply" />
    </button>
  );
}

/** Under the newest line, when it is one's own: who had it in sight. */
function SeenBy({ room, state, message }: Pick<LineProps, "message" | "room" | "state">) {
  const { participants } = state.consult;
  const { author, number, recipients } = message;
  const seen = participants
    .filter(({ id }) => id !== author.id && (!recipients || recipients.includes(id)))
    .filter(({ id }) => (room.live.seen.value.get(id) ?? 0) >= number);
  if (seen.length === 0) return null;
  const names = namesOf(
    seen.map(({ id }) => id),
    participants,
  );
  return <p class="hr-seen">{t("Seen by {names}", { names })}</p>;
}

function LineHead({
  author,
  at,
  mine,
}: {
  readonly author: Person;
  readonly at: string;
  readonly mine: boolean;
}) {
  return (
    <p class="hr-line-head">
      <b>{mine ? t("You") : author.name}</b> <time dateTime={at}>{timeOf(at)}</time>
      {!mine && <span>{author.hospital}</span>}
    </p>
  );
}

export function ViewChip({ room, view }: { readonly room: Room; readonly view: View }) {
  const image = room.viewer.describe(view);
  return (
    <button
      type="button"
      class="hr-view"
      onClick={() => room.restore(view)}
      title={t("Show what the line speaks of")}
    >
      <Icon name="eye" />
      {image ?? t("View of images that are not open here")}
    </button>
  );
}
