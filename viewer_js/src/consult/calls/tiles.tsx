import { useLayoutEffect, useRef } from "preact/hooks";
import { t } from "../../i18n/translate";
import { initialsOf } from "../initials";
import type { Call } from "./call";
import { Mark } from "./marks";
import type { Member } from "./news";

/** One tile a person, and one for each screen that is shared. */
export function Tiles({ call }: { readonly call: Call }) {
  call.turn.value; // the streams are not signals; this says that they have changed
  const members = call.members.value;
  return (
    <ul class="hr-tiles">
      {members.map((member) => (
        <Tile key={member.id} call={call} member={member} />
      ))}
      {members
        .filter(({ screen, id }) => screen && id !== call.id)
        .map((member) => (
          <ScreenTile key={`screen ${member.id}`} call={call} member={member} />
        ))}
    </ul>
  );
}

interface TileProps {
  readonly call: Call;
  readonly member: Member;
}

function Tile({ call, member }: TileProps) {
  const isMe = member.id === call.id;
  const link = call.links.get(member.id);
  const stream = isMe ? own(call.tracks.camera) : link?.streams.camera;
  const speaks = call.speaking.now.value.has(member.id);
  const waits = !isMe && link?.isConnected !== true;
  const seen = isMe ? call.camera.value : member.camera;
  return (
    <li class={`hr-tile${speaks ? " speaks" : ""}`}>
      {seen && stream ? (
        <Picture stream={stream} mirrored={isMe} />
      ) : (
        <Initials call={call} member={member} />
      )}
      <span class="hr-tile-name">
        {(isMe ? call.muted.value : member.muted) && <Mark name="silent" />}
        {isMe ? t("{name} (you)", { name: member.person.name }) : member.person.name}
        {speaks && <span class="hr-hidden">{t("speaks")}</span>}
      </span>
      {waits && <span class="hr-tile-waits">{t("Connecting…")}</span>}
      {seen && stream && !isMe && <Enlarge />}
    </li>
  );
}

function ScreenTile({ call, member }: TileProps) {
  const stream = call.links.get(member.id)?.streams.screen;
  if (stream === undefined) return null;
  return (
    <li class="hr-tile screen">
      <Picture stream={stream} />
      <span class="hr-tile-name">{t("Screen of {name}", { name: member.person.name })}</span>
      <Enlarge />
    </li>
  );
}

const streams = new WeakMap<MediaStreamTrack, MediaStream>();

function own(track: MediaStreamTrack | null): MediaStream | undefined {
  if (track === null) return undefined;
  const known = streams.get(track) ?? new MediaStream([track]);
  streams.set(track, known);
  return known;
}

/** Always without sound: voices come from one place only, and one's own from none. */
export function Picture({ stream, mirrored }: { readonly stream: MediaStream; readonly mirrored?: boolean }) {
  const video = useRef<HTMLVideoElement>(null);
  useLayoutEffect(() => {
    const element = video.current;
    if (element === null || element.srcObject === stream) return;
    element.srcObject = stream;
    void element.play().catch(() => undefined); // replaced by the next stream before it began
  }, [stream]);
  return <video ref={video} muted playsInline class={mirrored ? "mirrored" : ""} />;
}

/** A window of its own, which can be dragged anywhere, also to another monitor; not in every browser. */
function Enlarge() {
  if (!("requestPictureInPicture" in HTMLVideoElement.prototype)) return null;
  const open = (event: MouseEvent): void => {
    const video = (event.currentTarget as Element).closest("li")?.querySelector("video");
    void video?.requestPictureInPicture().catch(() => video.requestFullscreen());
  };
  return (
    <button
      type="button"
      class="hr-tile-own"
      aria-label={t("In a window of its own")}
      title={t("In a window of its own")}
      onClick={open}
    >
      <Mark name="picture" />
    </button>
  );
}

function Initials({ call, member }: TileProps) {
  return (
    <span class="initials" aria-hidden="true">
      {initialsOf(member.person, call.participants)}
    </span>
  );
}
