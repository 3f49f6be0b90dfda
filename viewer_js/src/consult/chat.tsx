import { type Signal, useSignal } from "@preact/signals";
import { Fragment } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { t, tn } from "../i18n/translate";
import { Icon } from "./icons";
import { timeOf } from "./moments";
import { revisionsOf } from "./opinions/written";
import type { MessageWish } from "./outbox";
import type { Room } from "./room";
import { Composer } from "./talk/composer";
import { Line, ViewChip } from "./talk/line";
import { LineParts } from "./talk/line_parts";
import type { Message, Person, RoomState, Written } from "./wire";

/** Lines of one person within this time stand under one heading. */
const TOGETHER_MS = 5 * 60_000;
const NEAR_END_PX = 60;

export function Chat({ room, state }: { readonly room: Room; readonly state: RoomState }) {
  const unsent = room.wishes.value.filter((wish) => wish.kind === "message");
  const mayWrite = state.consult.allowed.includes("discuss");
  const list = useRef<HTMLDivElement>(null);
  const atEnd = useSignal(true);
  const before = useRef(0);
  useReading(room, state.messages.at(-1)?.number ?? 0);
  useEndInSight(list, atEnd, unsent.length);
  return (
    <div class="hr-chat">
      <div
        class="hr-scroll"
        role="log"
        aria-live="polite"
        aria-label={t("Talk")}
        ref={list}
        onScroll={({ currentTarget: box }) => {
          const near = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_END_PX;
          // A picture that has just come makes the talk longer under the reader: only who scrolls up leaves its end.
          if (near || box.scrollTop < before.current) atEnd.value = near;
          before.current = box.scrollTop;
        }}
      >
        {state.messages.length + unsent.length === 0 && <p class="hr-nothing">{nothingSaid(mayWrite)}</p>}
        <div class="hr-content">
          <ol class="hr-lines">
            <Lines room={room} state={state} />
            {unsent.map((wish) => (
              <Unsent key={wish.client_id} room={room} state={state} wish={wish} />
            ))}
          </ol>
          <Typing people={room.live.typing.value} />
        </div>
      </div>
      {!atEnd.value && <ToEnd list={list} unread={room.reading.unread.value} />}
      {mayWrite ? (
        <Composer room={room} state={state} />
      ) : (
        <p class="hr-closed">
          {t("Nothing can be written in this state of the consult. The talk is kept as a record.")}
        </p>
      )}
    </div>
  );
}

/** Whoever looks at the newest line goes on seeing it as lines come, pictures load and the composer grows. */
function useEndInSight(
  list: { readonly current: HTMLDivElement | null },
  atEnd: Signal<boolean>,
  unsent: number,
): void {
  useEffect(() => {
    const box = list.current;
    if (box === null || typeof ResizeObserver === "undefined") return;
    const keep = new ResizeObserver(() => atEnd.value && toEnd(box));
    keep.observe(box);
    if (box.lastElementChild !== null) keep.observe(box.lastElementChild);
    return () => keep.disconnect();
  }, [list, atEnd]);
  // What one has just said oneself is always shown.
  useLayoutEffect(() => {
    if (unsent > 0 && list.current !== null) toEnd(list.current);
  }, [list, unsent]);
}

function toEnd(box: HTMLElement): void {
  box.scrollTop = box.scrollHeight;
}

function nothingSaid(mayWrite: boolean): string {
  if (!mayWrite) return t("Nothing has been said.");
  return t("Nothing has been said yet. Write the first line below; the other side sees it at once.");
}

/** While the talk is in sight and the window in front, what comes is read. */
function useReading(room: Room, last: number): void {
  useEffect(() => {
    room.reading.opened();
  }, [room]);
  useEffect(() => {
    const look = (): void => {
      if (document.hidden) return;
      room.reading.seen();
      room.live.saySeen(last);
    };
    look();
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, [room, last]);
}

function ToEnd({
  list,
  unread,
}: {
  readonly list: { current: HTMLDivElement | null };
  readonly unread: number;
}) {
  return (
    <button
      type="button"
      class="button hr-to-end"
      onClick={() => list.current?.scrollTo({ top: list.current.scrollHeight, behavior: "smooth" })}
    >
      <Icon name="down" />
      {unread > 0 ? tn("{count} new line", "{count} new lines", unread) : t("Newest")}
    </button>
  );
}

function Lines({ room, state }: { readonly room: Room; readonly state: RoomState }) {
  const { messages } = state;
  const me = room.config.person.id;
  const divider = room.reading.divider.value;
  const revisions = revisionsOf(state);
  const between = (before: number, until: number): Written[] =>
    revisions.filter(({ number }) => number > before && number < until);
  const firstNew = messages.findIndex(({ author, number }) => number > divider && author.id !== me);
  return (
    <>
      {messages.map((message, index) => {
        const before = messages[index - 1];
        const revised = between(before?.number ?? 0, message.number);
        return (
          <Fragment key={message.id}>
            <Revisions state={state} revisions={revised} />
            <Line
              room={room}
              state={state}
              message={message}
              isLast={index === messages.length - 1}
              isNew={index === firstNew && index > 0}
              headed={revised.length > 0 || !together(before, message)}
            />
          </Fragment>
        );
      })}
      <Revisions state={state} revisions={between(messages.at(-1)?.number ?? 0, Number.POSITIVE_INFINITY)} />
    </>
  );
}

/** In the talk, at the moment it happened: somebody may have acted on what was said before. */
function Revisions({
  state,
  revisions,
}: {
  readonly state: RoomState;
  readonly revisions: readonly Written[];
}) {
  const { questions } = state.consult;
  return revisions.map(({ at, by, number, question_id }) => {
    const question = questions.find(({ id }) => id === question_id);
    return (
      <li key={number} class="hr-happened">
        {question === undefined
          ? t("{name} revised the opinion", { name: by.name })
          : t("{name} revised the answer to question {number}", {
              name: by.name,
              number: question.number,
            })}{" "}
        <time dateTime={at}>{timeOf(at)}</time>
      </li>
    );
  });
}

function together(before: Message | undefined, message: Message): boolean {
  if (before === undefined || before.author.id !== message.author.id) return false;
  return Date.parse(message.at) - Date.parse(before.at) < TOGETHER_MS;
}

interface UnsentProps {
  readonly room: Room;
  readonly state: RoomState;
  readonly wish: MessageWish;
}

function Unsent({ room, state, wish }: UnsentProps) {
  const { value: line } = room.portal.line;
  const open = line === "open" || line === "slow";
  return (
    <li class={wish.refused === null ? "hr-line mine unsent" : "hr-line mine refused"}>
      <div class="hr-bubble">
        <LineParts room={room} state={state} line={waiting(wish)} />
        {wish.text && <p>{wish.text}</p>}
        {wish.view && !wish.more?.region && <ViewChip room={room} view={wish.view} />}
      </div>
      {wish.refused === null ? (
        <p class="hr-line-head">{open ? t("Sending…") : t("Waits for the line")}</p>
      ) : (
        <p class="hr-line-head" role="alert">
          {wish.refused}{" "}
          <button type="button" class="hr-link" onClick={() => room.outbox.retry(wish.client_id)}>
            {t("Try again")}
          </button>{" "}
          <button type="button" class="hr-link" onClick={() => room.outbox.drop(wish.client_id)}>
            {t("Delete")}
          </button>
        </p>
      )}
    </li>
  );
}

function waiting({ files = [], more, view }: MessageWish) {
  return { ...more, files, view };
}

function Typing({ people }: { readonly people: readonly Person[] }) {
  if (people.length === 0) return null;
  return (
    <p class="hr-typing">{t("{names} is writing…", { names: people.map(({ name }) => name).join(", ") })}</p>
  );
}
