import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../../i18n/translate";
import { lazy } from "../../ui/lazy";
import { Icon } from "../icons";
import type { Room } from "../room";
import type { Me, RoomState } from "../wire";
import { addFiles, isNameless } from "./add_files";
import { Carried } from "./carried";
import { peopleNamed, typedName, withName } from "./carry";
import { shortName } from "./people";
import type { Recorded } from "./recorder";

const Tools = lazy(async () => (await import("./tools")).Tools);
const VoiceBar = lazy(async () => (await import("./voice_bar")).VoiceBar);

const MOST_LETTERS = 4000; // consults/schemas.Line
const NEAR = 3500;

interface ComposerProps {
  readonly room: Room;
  readonly state: RoomState;
}

/** Where a line is written or spoken; what it will carry and who will read it stand above the words. */
export function Composer({ room, state }: ComposerProps) {
  const speaking = useSignal(false);
  const { recipients } = room.carry;
  // Here before the line breaks: off line everything is written and spoken as ever.
  useEffect(() => {
    Tools.want();
    VoiceBar.want();
  }, []);
  const say = async ({ file, voice }: Recorded): Promise<void> => {
    const sound = await (await room.files.fetch()).keep(file);
    room.say("", null, { ...room.carry.more("", state.consult.participants), voice }, [sound]);
    room.carry.sent();
  };
  return (
    <div class={recipients === null ? "hr-composer" : "hr-composer few"}>
      {(recipients !== null || carriesAnything(room)) && <Carried room={room} state={state} />}
      {speaking.value ? (
        <VoiceBar send={say} close={() => (speaking.value = false)} />
      ) : (
        <Writing room={room} state={state} speak={() => (speaking.value = true)} />
      )}
    </div>
  );
}

function Writing({ room, state, speak }: ComposerProps & { readonly speak: () => void }) {
  const draft = room.drafts.of("message");
  const attached = useSignal(false);
  const open = useSignal(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const { participants } = state.consult;
  const { recipients } = room.carry;
  const full = draft.value.trim() !== "" || attached.value || carriesEnough(room);
  const fits = draft.value.trim().length <= MOST_LETTERS;
  const send = (): void => {
    const text = draft.value.trim();
    if (!full || !fits) return;
    const region = room.carry.region.value;
    const view = region?.view ?? (attached.value ? room.viewer.currentView() : null);
    room.say(text, view, room.carry.more(text, participants), room.carry.files);
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
      class="hr-writing"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {open.value && <Tools room={room} state={state} close={() => closed(open, field.current)} />}
      <Names
        field={field.current}
        draft={draft}
        people={participants.filter(({ id }) => id !== room.config.person.id)}
      />
      <Field room={room} state={state} field={field} send={send} />
      <Letters count={draft.value.trim().length} />
      <div class="hr-composer-foot">
        <MoreButton open={open} />
        <AttachButton attached={attached} />
        {full || isNameless(state) ? (
          <SendButton recipients={recipients} disabled={!full || !fits} />
        ) : (
          <SpeakButton speak={speak} />
        )}
      </div>
    </form>
  );
}

interface FieldProps extends ComposerProps {
  readonly field: { current: HTMLTextAreaElement | null };
  readonly send: () => void;
}

function Field({ room, state, field, send }: FieldProps) {
  const draft = room.drafts.of("message");
  const others = state.consult.participants.filter(({ id }) => id !== room.config.person.id);
  const { recipients } = room.carry;
  return (
    <textarea
      ref={field}
      id="hr-composer"
      rows={Math.min(6, draft.value.split("\n").length)}
      placeholder={placeholder(recipients, state.consult.participants)}
      aria-label={placeholder(recipients, state.consult.participants)}
      value={draft.value}
      onInput={(event) => {
        draft.value = event.currentTarget.value;
        if (recipients === null) room.live.sayTyping();
      }}
      onPaste={(event) => {
        const files = event.clipboardData?.files ?? [];
        if (files.length === 0 || isNameless(state)) return;
        event.preventDefault();
        addFiles(room, files);
      }}
      onKeyDown={(event) => {
        // While a Vietnamese input method is composing, Enter belongs to it.
        const chooses = event.key === "Tab" || event.key === "Enter";
        if (!chooses || event.shiftKey || event.isComposing) return;
        const isChosen = completed(draft, event.currentTarget, others);
        if (isChosen || event.key === "Enter") event.preventDefault();
        if (!isChosen && event.key === "Enter") send();
      }}
    />
  );
}

/** Nothing that is pasted is cut off: before a line is full, and when it is too long, this says so. */
function Letters({ count }: { readonly count: number }) {
  const over = count - MOST_LETTERS;
  return (
    <p class={over > 0 ? "hr-letters over" : "hr-letters"} aria-live="polite">
      {over > 0
        ? t("{count} letters too many: shorten the line or send it in parts.", { count: over })
        : count > NEAR && t("{count} of {most} letters", { count, most: MOST_LETTERS })}
    </p>
  );
}

/** Tab and Enter take the first of the names that are offered. */
function completed(draft: Signal<string>, field: HTMLTextAreaElement, people: readonly Me[]): boolean {
  const typed = typedName(draft.value, field.selectionStart);
  const [first] = typed ? peopleNamed(typed, people) : [];
  if (!typed || first === undefined) return false;
  draft.value = withName(draft.value, field.selectionStart, typed, first.name);
  return true;
}

interface SendProps {
  readonly recipients: readonly string[] | null;
  readonly disabled: boolean;
}

function SendButton({ recipients, disabled }: SendProps) {
  return (
    <button type="submit" class="button primary" aria-label={sendLabel(recipients)} disabled={disabled}>
      <Icon name={recipients === null ? "send" : "lock"} />
      {recipients !== null && <span>{t("To {count}", { count: recipients.length })}</span>}
    </button>
  );
}

/** Where "send" stands as soon as there is something to send. */
function SpeakButton({ speak }: { readonly speak: () => void }) {
  return (
    <button
      type="button"
      class="button"
      aria-label={t("Record a voice message")}
      title={t("Record a voice message")}
      onClick={speak}
    >
      <Icon name="mic" />
    </button>
  );
}

function closed(open: Signal<boolean>, field: HTMLTextAreaElement | null): void {
  open.value = false;
  field?.focus();
}

function carriesAnything(room: Room): boolean {
  return room.carry.reply.value !== null || carriesEnough(room);
}

/** A region, a sentence or a file says something without a word; an answer does not. */
function carriesEnough({ carry }: Room): boolean {
  return carry.region.value !== null || carry.sentence.value !== null || carry.files.length > 0;
}

function placeholder(recipients: readonly string[] | null, people: readonly Me[]): string {
  if (recipients === null)
    return people.length > 2 ? t("Write to everybody in the case") : t("Write to the other doctor");
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
              draft.value = withName(draft.value, caret, typed, name);
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
