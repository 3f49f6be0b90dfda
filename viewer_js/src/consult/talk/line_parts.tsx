/** What a line carries beside its words. */

import "./talk.css";
import { kindName } from "../../annotations/words";
import { t } from "../../i18n/translate";
import { lazy } from "../../ui/lazy";
import { Icon } from "../icons";
import type { LineFile } from "../outbox";
import type { Room } from "../room";
import type { LineMore, Person, RoomState, View } from "../wire";
import { gistOf } from "./gist";
import { jumpTo, jumpToWords } from "./jump";
import { SentFiles, WaitingFiles } from "./line_attachments";
import { namesOf } from "./people";
import { flash } from "./region";

const LineRecording = lazy(async () => (await import("../recordings/line_recording")).LineRecording, "quiet");

interface PartsProps {
  readonly room: Room;
  readonly state: RoomState;
  readonly line: LineMore & {
    readonly author?: Person;
    readonly view?: View | null;
    readonly files?: readonly LineFile[];
    readonly recording?: string | null;
  };
}

export function LineParts(props: PartsProps) {
  const { room, state, line } = props;
  const { recipients, files = [] } = line;
  return (
    <>
      {recipients && (
        <p class="hr-few">
          <Icon name="lock" />
          {t("Only for {names}", { names: readers(recipients, props) })}
        </p>
      )}
      <Answered {...props} />
      <RegionChip {...props} />
      <SentenceChip {...props} />
      {line.recording && <LineRecording room={room} state={state} id={line.recording} />}
      {files.length > 0 && <WaitingFiles room={room} files={files} voice={line.voice} />}
      {line.attachments && <SentFiles room={room} state={state} ids={line.attachments} voice={line.voice} />}
    </>
  );
}

/** Everybody who may read it but its writer. */
function readers(recipients: readonly string[], { room, state, line }: PartsProps): string {
  const writer = line.author?.id ?? room.config.person.id;
  const others = recipients.filter((id) => id !== writer);
  return others.length === 0 ? t("you alone") : namesOf(others, state.consult.participants);
}

function Answered({ room, state, line: { reply_to: to } }: PartsProps) {
  if (!to) return null;
  if (to.kind === "annotation") return <AnsweredMark room={room} state={state} id={to.id} />;
  const line = state.messages.find(({ id }) => id === to.id);
  return (
    <button type="button" class="hr-quote" onClick={() => jumpTo(`hr-line-${to.id}`)}>
      <small>{line?.author.name}</small>
      <span>{line === undefined ? t("A line with a view") : gistOf(line)}</span>
    </button>
  );
}

function AnsweredMark({ room, state, id }: Omit<PartsProps, "line"> & { readonly id: string }) {
  const mark = state.annotations.find((one) => one.id === id);
  if (mark === undefined) return <p class="hr-quote">{t("A mark that was removed")}</p>;
  const view = room.viewer.viewOf(mark);
  return (
    <button
      type="button"
      class="hr-quote"
      disabled={view === null}
      onClick={() => view && room.restore(view)}
    >
      <small>{mark.author.name}</small>
      <span>
        <Icon name="marks" /> {kindName(mark.kind)} {mark.text}
      </span>
    </button>
  );
}

function RegionChip({ room, line: { author, region, view } }: PartsProps) {
  if (!region || !view) return null;
  return (
    <button
      type="button"
      class="hr-view"
      title={t("Show what the line speaks of")}
      onClick={() => {
        room.restore(view);
        flash(room, view, region, author ?? room.config.person);
      }}
    >
      <Icon name="eye" />
      {t("Region on {image}", { image: room.viewer.describe(view) ?? t("images that are not open here") })}
    </button>
  );
}

function SentenceChip({ room, line: { sentence } }: PartsProps) {
  if (!sentence) return null;
  return (
    <button
      type="button"
      class="hr-quote sentence"
      title={t("Show it in the answer")}
      onClick={() => showSentence(room, sentence.quote)}
    >
      <small>{sentence.source === "opinion" ? t("From the opinion") : t("From an answer")}</small>
      <span>“{sentence.quote}”</span>
    </button>
  );
}

/** The case stands on another tab: it is opened, and the words are looked for once it is there. */
function showSentence(room: Room, quote: string): void {
  document.getElementById("hr-tab-case")?.click();
  requestAnimationFrame(() => {
    const body = document.getElementById("hr-body");
    if (body !== null && jumpToWords(body, quote)) return;
    room.viewer.notify(t("The text has been changed since: these words no longer stand in it."));
  });
}
