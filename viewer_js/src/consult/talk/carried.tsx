/** Above the words of the next line: to whom it goes and what it carries, each to be taken off again. */

import "./talk.css";
import type { ComponentChildren } from "preact";
import { kindName } from "../../annotations/words";
import { t } from "../../i18n/translate";
import { sizeOf } from "../attachments/size";
import { Icon } from "../icons";
import type { LineFile } from "../outbox";
import type { Room } from "../room";
import type { RoomState } from "../wire";
import { gistOf } from "./gist";
import { namesOf } from "./people";

export function Carried({ room, state }: { readonly room: Room; readonly state: RoomState }) {
  const { carry } = room;
  const { recipients } = carry;
  return (
    <div class="hr-carried">
      {recipients !== null && (
        <p class="hr-only" role="status">
          <Icon name="lock" />
          <span>
            <b>{t("Only for {names}", { names: namesOf(recipients, state.consult.participants) })}</b>{" "}
            {t("Nobody else here will see the line.")}
          </span>
          <button
            type="button"
            class="button"
            disabled={isToFew(room, state)}
            title={isToFew(room, state) ? t("It answers a line for chosen people.") : ""}
            onClick={() => {
              carry.recipients = null;
            }}
          >
            {t("For everybody")}
          </button>
        </p>
      )}
      {carry.reply.value && (
        <Chip label={t("Answers")} off={() => (carry.reply.value = null)}>
          {answered(room, state)}
        </Chip>
      )}
      {carry.region.value && (
        <Chip label={t("Region")} off={() => (carry.region.value = null)}>
          {room.viewer.describe(carry.region.value.view)}
        </Chip>
      )}
      {carry.sentence.value && (
        <Chip label={t("Sentence")} off={() => (carry.sentence.value = null)}>
          {carry.sentence.value.quote}
        </Chip>
      )}
      {carry.files.map((file) => (
        <Chip key={file.key} label={t("File")} off={() => takeOff(room, file)}>
          {file.name} · {sizeOf(file.size)}
        </Chip>
      ))}
    </div>
  );
}

function takeOff({ carry, files }: Room, file: LineFile): void {
  carry.files = carry.files.filter(({ key }) => key !== file.key);
  files.peek()?.forget(file);
}

function isToFew({ carry }: Room, { messages }: RoomState): boolean {
  const to = carry.reply.value;
  return messages.some(({ id, recipients }) => id === to?.id && recipients != null);
}

/** The words that are answered, or what the mark is called. */
function answered({ carry }: Room, { annotations, messages }: RoomState): string {
  const to = carry.reply.value;
  const line = messages.find(({ id }) => id === to?.id);
  const mark = annotations.find(({ id }) => id === to?.id);
  if (line !== undefined) return gistOf(line);
  return mark === undefined ? t("A mark") : `${kindName(mark.kind)} ${mark.text}`.trim();
}

interface ChipProps {
  readonly label: string;
  readonly off: () => void;
  readonly children: ComponentChildren;
}

function Chip({ label, off, children }: ChipProps) {
  return (
    <p class="hr-chip">
      <small>{label}</small>
      <span>{children}</span>
      <button
        type="button"
        class="button quiet"
        aria-label={t("Take off")}
        title={t("Take off")}
        onClick={off}
      >
        <Icon name="close" />
      </button>
    </p>
  );
}
