/** Files and voices of a line, sent or still on their way. */

import "./talk.css";
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { t } from "../../i18n/translate";
import { sizeOf } from "../attachments/size";
import type { Voice } from "../event_types";
import { Icon } from "../icons";
import type { LineFile } from "../outbox";
import type { Room } from "../room";
import type { CaseFile, RoomState } from "../wire";
import { Player } from "./player";

interface SentProps {
  readonly room: Room;
  readonly state: RoomState;
  readonly ids: readonly string[];
  readonly voice: Voice | null | undefined;
}

export function SentFiles({ room, state, ids, voice }: SentProps) {
  return (
    <>
      {ids.map((id) => {
        const file = state.attachments?.files.find((one) => one.id === id);
        if (file === undefined) return <p key={id}>{t("A file that was taken back")}</p>;
        const address = `/consults/${room.config.consult_id}/attachments/${id}`;
        if (file.kind === "audio") return <Player key={id} address={address} voice={voice} />;
        return <FileLink key={id} file={file} address={address} />;
      })}
    </>
  );
}

function FileLink({ file, address }: { readonly file: CaseFile; readonly address: string }) {
  if (file.kind === "photo") {
    return (
      <a class="hr-photo" href={address} target="_blank" rel="noopener">
        <img src={address} alt={file.description || file.name} loading="lazy" />
      </a>
    );
  }
  return (
    <a class="hr-file" href={address} download={file.name}>
      <Icon name="case" />
      <span>{file.name}</span>
      <small>{sizeOf(file.size)}</small>
    </a>
  );
}

interface WaitingProps {
  readonly room: Room;
  readonly files: readonly LineFile[];
  readonly voice: Voice | null | undefined;
}

export function WaitingFiles({ room, files, voice }: WaitingProps) {
  return (
    <>
      {files.map((file) => (
        <WaitingFile key={file.key} room={room} file={file} voice={voice} />
      ))}
    </>
  );
}

function WaitingFile({ room, file, voice }: Omit<WaitingProps, "files"> & { readonly file: LineFile }) {
  const address = useSignal("");
  const share = room.files.here?.progress.value.get(file.key);
  const isShown = !file.type.endsWith("pdf");
  useEffect(() => {
    let made = "";
    if (isShown) {
      room.files.use(async (files) => {
        const bytes = await files.bytes(file);
        if (bytes !== null) address.value = made = URL.createObjectURL(bytes);
      });
    }
    return () => URL.revokeObjectURL(made);
  }, [file.key]);
  return (
    <>
      {address.value && file.type.startsWith("audio/") && <Player address={address.value} voice={voice} />}
      {address.value && file.type.startsWith("image/") && (
        <span class="hr-photo">
          <img src={address.value} alt={file.name} />
        </span>
      )}
      {!isShown && (
        <span class="hr-file">
          <Icon name="case" />
          <span>{file.name}</span>
          <small>{sizeOf(file.size)}</small>
        </span>
      )}
      {share !== undefined && share < 1 && (
        <progress value={share} aria-label={t("How much of the file is sent")} />
      )}
    </>
  );
}
