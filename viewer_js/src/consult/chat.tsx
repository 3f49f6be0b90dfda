import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { t, tn } from "../i18n/translate";
import { Icon } from "./icons";
import { dateTimeOf, timeOf } from "./moments";
import type { MessageWish } from "./outbox";
import type { Room } from "./room";
import type { Message, Person, RoomState, View } from "./wire";

/** Lines of one person within this time stand under one heading. */
const TOGETHER_MS = 5 * 60_000;
const NEAR_END_PX = 60;

export function Chat({ room, state }: { readonly room: Room; readonly state: RoomState }) {
  const unsent = room.wishes.value.filter((wish) => wish.kind === "message");
  const mayWrite = state.consult.allowed.includes("discuss");
  const list = useRef<HTMLDivElement>(null);
  const atEnd = useSignal(true);
  useReading(room, state.messages.length);
  useLayoutEffect(() => {
    const box = list.current;
    if (box !== null && atEnd.value) box.scrollTop = box.scrollHeight;
  }, [state.messages.length, unsent.length, room.live.typing.value.length]);
  return (
    <div class="hr-chat">
      <div
        class="hr-scroll"
        role="log"
        aria-live="polite"
        aria-label={t("Talk")}
        ref={list}
        onScroll={({ currentTarget: box }) => {
          atEnd.value = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_END_PX;
        }}
      >
        {state.messages.length + unsent.length === 0 && <p class="hr-nothing">{nothingSaid(mayWrite)}</p>}
        <ol class="hr-lines">
          <Lines room={room} messages={state.messages} />
          {unsent.map((wish) => (
            <Unsent key={wish.client_id} room={room} wish={wish} />
          ))}
        </ol>
        <Typing people={room.live.typing.value} />
      </div>
      {!atEnd.value && <ToEnd list={list} unread={room.reading.unread.value} />}
      {mayWrite ? (
        <Composer room={room} />
      ) : (
        <p class="hr-closed">
          {t("Nothing can be written in this state of the consult. The talk is kept as a record.")}
        </p>
      )}
    </div>
  );
}

function nothingSaid(mayWrite: boolean): string {
  if (!mayWrite) return t("Nothing has been said.");
  return t("Nothing has been said yet. Write the first line below; the other side sees it at once.");
}

/** While the talk is in sight and the window in front, what comes is read. */
function useReading(room: Room, count: number): void {
  useEffect(() => {
    room.reading.opened();
  }, [room]);
  useEffect(() => {
    const look = (): void => {
      if (!document.hidden) room.reading.seen();
    };
    look();
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, [room, count]);
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

function Lines({ room, messages }: { readonly room: Room; readonly messages: readonly Message[] }) {
  const me = room.config.person.id;
  const divider = room.reading.divider.value;
  const firstNew = messages.findIndex(({ author, number }) => number > divider && author.id !== me);
  return (
    <>
      {messages.map((message, index) => (
        <Line
          key={message.id}
          room={room}
          message={message}
          isNew={index === firstNew && index > 0}
          headed={!together(messages[index - 1], message)}
        />
      ))}
    </>
  );
}

function together(before: Message | undefined, message: Message): boolean {
  if (before === undefined || before.author.id !== message.author.id) return false;
  return Date.parse(message.at) - Date.parse(before.at) < TOGETHER_MS;
}

interface LineProps {
  readonly room: Room;
  readonly message: Message;
  readonly isNew: boolean;
  readonly headed: boolean;
}

function Line({ room, message, isNew, headed }: LineProps) {
  const { author, at, text, view } = message;
  const mine = author.id === room.config.person.id;
  return (
    <>
      {isNew && (
        <li class="hr-new">
          <span>{t("New")}</span>
        </li>
      )}
      <li class={mine ? "hr-line mine" : "hr-line"}>
        {headed && <LineHead author={author} at={at} mine={mine} />}
        <div class="hr-bubble" title={dateTimeOf(at)}>
          {text && <p>{text}</p>}
          {view && <ViewChip room={room} view={view} />}
        </div>
      </li>
    </>
  );
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

function ViewChip({ room, view }: { readonly room: Room; readonly view: View }) {
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

function Unsent({ room, wish }: { readonly room: Room; readonly wish: MessageWish }) {
  const { value: line } = room.portal.line;
  const open = line === "open" || line === "slow";
  return (
    <li class={wish.refused === null ? "hr-line mine unsent" : "hr-line mine refused"}>
      <div class="hr-bubble">
        {wish.text && <p>{wish.text}</p>}
        {wish.view && <ViewChip room={room} view={wish.view} />}
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

function Typing({ people }: { readonly people: readonly Person[] }) {
  if (people.length === 0) return null;
  return (
    <p class="hr-typing">{t("{names} is writing…", { names: people.map(({ name }) => name).join(", ") })}</p>
  );
}

function Composer({ room }: { readonly room: Room }) {
  const draft = room.drafts.of("message");
  const attached = useSignal(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const send = (): void => {
    const text = draft.value.trim();
    const view = attached.value ? room.viewer.currentView() : null;
    if (text === "" && view === null) return;
    room.say(text, view);
    draft.value = "";
    attached.value = false;
    field.current?.focus();
  };
  return (
    <form
      class="hr-composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <textarea
        ref={field}
        id="hr-composer"
        rows={Math.min(6, draft.value.split("\n").length)}
        maxLength={4000}
        placeholder={t("Write to the other doctor")}
        aria-label={t("Write to the other doctor")}
        value={draft.value}
        onInput={(event) => {
          draft.value = event.currentTarget.value;
          room.live.sayTyping();
        }}
        onKeyDown={(event) => {
          // While a Vietnamese input method is composing, Enter belongs to it.
          if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
          event.preventDefault();
          send();
        }}
      />
      <div class="hr-composer-foot">
        <AttachButton attached={attached} />
        <button
          type="submit"
          class="button primary"
          aria-label={t("Send")}
          disabled={draft.value.trim() === "" && !attached.value}
        >
          <Icon name="send" />
        </button>
      </div>
    </form>
  );
}

function AttachButton({ attached }: { readonly attached: Signal<boolean> }) {
  return (
    <button
      type="button"
      class="button quiet hr-attach"
      aria-pressed={attached.value}
      title={t("The line carries what you look at when you send it")}
      onClick={() => {
        attached.value = !attached.value;
      }}
    >
      <Icon name="attach" />
      {attached.value ? t("With the view on your screen") : t("Attach the view")}
    </button>
  );
}
