import "./calls.css";
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { t } from "../../i18n/translate";
import { lazy } from "../../ui/lazy";
import type { Room } from "../room";
import { type Call, callOf } from "./call";
import { LeadRow } from "./lead_row";
import { Mark } from "./marks";
import { talkKey } from "./talk_key";
import { Tiles } from "./tiles";

const DeviceTest = lazy(async () => (await import("./device_test")).DeviceTest);

/** The call stands above the tabs, beside the images and never over them. */
export function CallPanel({ room }: { readonly room: Room }) {
  const call = callOf(room);
  const testing = useSignal(false);
  useEffect(() => talkKey(call), [call]);
  if (room.portal.line.value === "closed") return null;
  const isIn = call.phase.value !== "out";
  const mayCall = room.state.value?.consult.allowed.includes("discuss") ?? false;
  const test = () => {
    testing.value = !testing.value;
  };
  return (
    <section class={`hr-call${isIn ? " on" : ""}`} aria-label={t("Call")}>
      {isIn ? (
        <InCall call={call} test={test} />
      ) : (
        mayCall && <Invitation room={room} call={call} test={test} />
      )}
      {call.problem.value && (
        <p class="hr-problem" role="alert">
          {call.problem.value}
        </p>
      )}
      {testing.value && <DeviceTest close={test} changed={() => void call.renewVoice()} />}
      <LeadRow room={room} />
    </section>
  );
}

interface PartProps {
  readonly room: Room;
  readonly call: Call;
  readonly test: () => void;
}

function Invitation({ room, call, test }: PartProps) {
  const members = room.portal.calls.members.value;
  const waits = members.length > 0;
  const names = members.map(({ person }) => person.name).join(", ");
  const disabled = room.portal.line.value !== "open";
  useEffect(() => {
    // whoever looks at the images, or has closed the panel, is told too
    if (waits) room.viewer.notify(t("In the call: {names}", { names }));
  }, [waits, room]);
  return (
    <>
      {waits && (
        <p class="hr-call-on" role="status">
          {t("In the call: {names}", { names })}
        </p>
      )}
      <div class="hr-call-buttons">
        <button
          type="button"
          class={waits ? "button primary" : "button quiet"}
          disabled={disabled}
          onClick={() => void call.join(false)}
        >
          <Mark name="phone" />
          {waits ? t("Join with voice") : t("Voice call")}
        </button>
        <button type="button" class="button quiet" disabled={disabled} onClick={() => void call.join(true)}>
          <Mark name="camera" />
          {waits ? t("With picture") : t("Video call")}
        </button>
        <IconButton name="test" label={t("Test microphone, camera and sound")} press={test} />
      </div>
    </>
  );
}

function InCall({ call, test }: Omit<PartProps, "room">) {
  const small = useSignal(false);
  if (call.phase.value === "joining")
    return (
      <p class="hr-call-on" role="status">
        {t("Joining the call…")}
      </p>
    );
  const muted = call.muted.value;
  return (
    <>
      {!small.value && <Tiles call={call} />}
      <ThinLine call={call} />
      <div class="hr-call-buttons" role="toolbar" aria-label={t("Call")}>
        <IconButton
          name={muted ? "silent" : "voice"}
          label={muted ? t("Speak again (hold Space to speak)") : t("Mute")}
          pressed={muted}
          press={() => call.mute(!muted)}
        />
        <IconButton
          name="camera"
          label={call.camera.value ? t("Camera off") : t("Camera on")}
          pressed={call.camera.value}
          press={() => void call.showCamera(!call.camera.value)}
        />
        {canShare() && (
          <IconButton
            name="screen"
            label={call.screen.value ? t("Stop sharing the screen") : t("Share the screen")}
            pressed={call.screen.value}
            press={() => void call.shareScreen(!call.screen.value)}
          />
        )}
        <IconButton name="test" label={t("Test microphone, camera and sound")} press={test} />
        <IconButton
          name={small.value ? "more" : "less"}
          label={small.value ? t("Show the pictures") : t("Hide the pictures")}
          press={() => {
            small.value = !small.value;
          }}
        />
        <button type="button" class="button hr-call-leave" onClick={() => call.leave()}>
          {t("Leave the call")}
        </button>
      </div>
    </>
  );
}

/** Phones have no such thing. */
function canShare(): boolean {
  return "getDisplayMedia" in navigator.mediaDevices;
}

function ThinLine({ call }: { readonly call: Call }) {
  const level = call.level.value;
  const words = {
    full: "",
    small: "",
    voice: call.camera.value ? t("The line is thin: your picture rests, your voice goes on.") : "",
    text: t("The line hardly carries a voice. Write in the talk; the call goes on trying."),
  }[level];
  return (
    <p class="hr-call-thin" role="status">
      {words}
    </p>
  );
}

interface IconButtonProps {
  readonly name: Parameters<typeof Mark>[0]["name"];
  readonly label: string;
  readonly pressed?: boolean;
  readonly press: () => void;
}

function IconButton({ name, label, pressed, press }: IconButtonProps) {
  return (
    <button
      type="button"
      class="button quiet hr-call-icon"
      aria-label={label}
      title={label}
      aria-pressed={pressed}
      onClick={press}
    >
      <Mark name={name} />
    </button>
  );
}
