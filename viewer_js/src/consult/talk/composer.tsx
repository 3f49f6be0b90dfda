import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../../i18n/translate";
import { lazy } from "../../ui/lazy";
import { Icon } from "../icons";
import type { Room } from "../room";
import type { Me, RoomState } from "../wire";
import { Carried } from "./carried";
import { peopleNamed, typedName } from "./carry";
import { shortName } from "./people";

const Tools = lazy(async () => (await import("./tools")).Tools);

/** Where a line is written; what it will carry and who will read it stand above the words. */
export function Composer({ room, state }: { readonly room: Room; readonly state: RoomState }) {
  const draft = room.drafts.of("message");
  const attached = useSignal(false);
  const open = useSignal(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const { participants } = state.consult;
  const { recipients } = room.carry;
  const full = draft.value.trim() !== "" || attached.value || carriesEnough(room);
  const send = (): void => {
    const text = draft.value.trim();
    if (!full) return;
    const region = room.carry.region.value;
    const view = region?.view ?? (attached.value ? room.viewer.currentView() : null);
    room.say(text, view, room.carry.more(text, participants));
    draft.value = "";
    attached.value = false;
    open.value = false;
    room.carry.sent();
    field.current?.focus();
  };
  // Whoever chose to answer a line, or a phrase, goes on writing.
  useEffect(() => {
    if (room.carry.reply.value !== null) field.current?.focus();
  }, [room.carry.reply.value, room]);
  return (
    <form
      class={recipients === null ? "hr-composer" : "hr-composer few"}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {(recipients !== null || carriesAnything(room)) && <Carried room={room} state={state} />}
      {open.value && <Tools room={room} state={state} close={() => closed(open, field.current)} />}
      <Names
        field={field.current}
        draft={draft}
        people={participants.filter(({ id }) => id !== room.config.person.id)}
      />
      <textarea
        ref={field}
        id="hr-composer"
        rows={Math.min(6, draft.value.split("\n").length)}
        maxLength={4000}
        placeholder={placeholder(recipients, participants)}
        aria-label={placeholder(recipients, participants)}
        value={draft.value}
        onInput={(event) => {
          draft.value = event.currentTarget.value;
          if (recipients === null) room.live.sayTyping();
        }}
        onKeyDown={(event) => {
          // While a Vietnamese input method is composing, Enter belongs to it.
          if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
          event.preventDefault();
          send();
        }}
      />
      <div class="hr-composer-foot">
        <MoreButton open={open} />
        <AttachButton attached={attached} />
        <button type="submit" class="button primary" aria-label={sendLabel(recipients)} disabled={!full}>
          <Icon name={recipients === null ? "send" : "lock"} />
          {recipients !== null && <span>{t("To {count}", { count: recipients.length })}</span>}
        </button>
      </div>
    </form>
  );
}

function closed(open: Signal<boolean>, field: HTMLTextAreaElement | null): void {
  open.value = false;
  field?.focus();
}

function carriesAnything({ carry }: Room): boolean {
  return carry.reply.value !== null || carry.region.value !== null || carry.sentence.value !== null;
}

/** A region or a sentence says something without a word; an answer does not. */
function carriesEnough({ carry }: Room): boolean {
  return carry.region.value !== null || carry.sentence.value !== null;
}

function placeholder(recipients: readonly string[] | null, people: readonly Me[]): string {
  if (recipients === null) return t("Write to the other doctor");
  const names = people.filter(({ id }) => recipients.includes(id)).map(({ name }) => shortName(name));
  return t("Only {names} will read this", { names: names.join(", ") });
}

function sendLabel(recipients: readonly string[] | null): string {
  return recipients === null ? t("Send") : t("Send to the chosen people only");
}

/** While "@" and letters are typed: who may be meant. */
function Names({
  field,
  draft,
  people,
}: {
  readonly field: HTMLTextAreaElement | null;
  readonly draft: Signal<string>;
  readonly people: readonly Me[];
}) {
  const caret = field?.selectionStart ?? draft.value.length;
  const typed = typedName(draft.value, caret);
  const fitting = typed === null ? [] : peopleNamed(typed, people).slice(0, 4);
  if (typed === null || fitting.length === 0) return null;
  return (
    <ul class="hr-names">
      {fitting.map(({ id, name, hospital }) => (
        <li key={id}>
          <button
            type="button"
            class="button"
            onClick={() => {
              const before = draft.value.slice(0, caret - typed.length);
              draft.value = `${before}${name} ${draft.value.slice(caret)}`;
              field?.focus();
            }}
          >
            <b>{name}</b> <span>{hospital}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function MoreButton({ open }: { readonly open: Signal<boolean> }) {
  return (
    <button
      type="button"
      class="button quiet hr-more"
      aria-expanded={open.value}
      aria-label={t("More for this line")}
      title={t("More for this line")}
      onClick={() => {
        open.value = !open.value;
      }}
    >
      <Icon name={open.value ? "close" : "plus"} />
    </button>
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
