import { t } from "../../i18n/translate";
import { Problem, useAttempt } from "../attempt";
import { Icon } from "../icons";
import { dateTimeOf } from "../moments";
import type { Room } from "../room";
import { namesOf } from "../talk/people";
import type { CaseFile, RoomState } from "../wire";
import { AddFile } from "./add_file";
import { NO_ATTACHMENTS } from "./fold";
import { Labs } from "./labs";
import { sizeOf } from "./size";
import "./attachments.css";

interface PartProps {
  readonly room: Room;
  readonly state: RoomState;
}

/** Files and laboratory values of the case; adding is folded away. */
export function AttachmentsPart({ room, state }: PartProps) {
  const { consult, attachments = NO_ATTACHMENTS } = state;
  const mayAdd = consult.allowed.includes("discuss");
  const { labs } = attachments;
  const files = attachments.files.filter(({ kind }) => kind !== "audio"); // heard in the talk
  if (!mayAdd && files.length === 0 && labs.length === 0) return null;
  return (
    <section class="hr-section hr-attached">
      <h3>{t("Laboratory values and files")}</h3>
      <Labs room={room} labs={labs} mayAdd={mayAdd} />
      {files.length > 0 && (
        <ul class="hr-files">
          {files.map((file) => (
            <FileItem key={file.id} room={room} state={state} file={file} mayWithdraw={mayAdd} />
          ))}
        </ul>
      )}
      {mayAdd && <AddFile room={room} />}
    </section>
  );
}

interface ItemProps extends PartProps {
  readonly file: CaseFile;
  readonly mayWithdraw: boolean;
}

function FileItem({ room, state, file, mayWithdraw }: ItemProps) {
  const attempt = useAttempt();
  const address = `/consults/${room.config.consult_id}/attachments/${file.id}`;
  const isMine = room.me.value?.id === file.by.id;
  return (
    <li>
      {file.kind === "photo" && (
        <a href={address} target="_blank" rel="noopener">
          <img src={address} alt={file.description || file.name} loading="lazy" />
        </a>
      )}
      <div>
        <a href={file.kind === "photo" ? `${address}?save` : address} download={file.name}>
          {file.name}
        </a>
        {file.recipients && (
          <small class="hr-few">
            <Icon name="lock" />
            {t("Only for {names}", { names: namesOf(file.recipients, state.consult.participants) })}
          </small>
        )}
        {file.description && <p class="hr-given">{file.description}</p>}
        <small>
          {sizeOf(file.size)} · {file.by.name} · {dateTimeOf(file.at)}
        </small>
        {isMine && mayWithdraw && (
          <button
            type="button"
            class="hr-link"
            disabled={attempt.busy.value}
            aria-label={t("Take back {name}", { name: file.name })}
            onClick={() => void attempt.run(() => room.wish("detach", { attachment_id: file.id }))}
          >
            {t("Take back")}
          </button>
        )}
        <Problem of={attempt.problem} />
      </div>
    </li>
  );
}
