import { type Signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { t } from "../../i18n/translate";
import { type Choice, camera, choose, chosen, isSecure, microphone, notSecure, whyNot } from "./media";
import { Loudness } from "./speaking";
import { Picture } from "./tiles";

interface TestProps {
  readonly close: () => void;
  /** Another device was chosen. */
  readonly changed: () => void;
}

const LOOK_MS = 100;
const TONE_HZ = 440;
const TONE_SECONDS = 0.8;

/** Speak, look, listen: before a call, so that nobody has to ask "can you hear me?". */
export function DeviceTest({ close, changed }: TestProps) {
  const problem = useSignal("");
  const level = useSignal(0);
  const picture = useSignal<MediaStream | null>(null);
  const devices = useSignal<readonly MediaDeviceInfo[]>([]);
  const choice = useSignal(chosen());
  useEffect(
    () => tried({ problem, level, picture, devices }),
    [choice.value, problem, level, picture, devices],
  );
  const pick = (change: Partial<Choice>): void => {
    choice.value = { ...choice.value, ...change };
    choose(choice.value);
    changed();
  };
  const list = (kind: MediaDeviceKind) =>
    devices.value.filter((one) => one.kind === kind && one.deviceId !== "");
  return (
    <div class="hr-devices">
      {problem.value && (
        <p class="hr-problem" role="alert">
          {problem.value}
        </p>
      )}
      <Pick
        label={t("Microphone")}
        devices={list("audioinput")}
        value={choice.value.microphone}
        pick={(microphone) => pick({ microphone })}
      />
      <label class="hr-meter">
        <span>{t("Speak: the bar moves")}</span>
        <meter min={0} max={0.3} value={level.value} />
      </label>
      <Pick
        label={t("Camera")}
        devices={list("videoinput")}
        value={choice.value.camera}
        pick={(camera) => pick({ camera })}
      />
      {picture.value && <Picture stream={picture.value} mirrored />}
      <Pick
        label={t("Loudspeaker")}
        devices={list("audiooutput")}
        value={choice.value.speaker}
        pick={(speaker) => pick({ speaker })}
      />
      <div class="hr-call-buttons">
        <button type="button" class="button" onClick={() => void tone(choice.value.speaker)}>
          {t("Play a sound")}
        </button>
        <button type="button" class="button" onClick={close}>
          {t("Close the test")}
        </button>
      </div>
    </div>
  );
}

interface PickProps {
  readonly label: string;
  readonly devices: readonly MediaDeviceInfo[];
  readonly value: string;
  readonly pick: (id: string) => void;
}

function Pick({ label, devices, value, pick }: PickProps) {
  if (devices.length === 0) return null;
  return (
    <label>
      <span>{label}</span>
      <select
        value={devices.some(({ deviceId }) => deviceId === value) ? value : devices[0]?.deviceId}
        onChange={(event) => pick(event.currentTarget.value)}
      >
        {devices.map((device, place) => (
          <option key={device.deviceId} value={device.deviceId}>
            {device.label || `${label} ${place + 1}`}
          </option>
        ))}
      </select>
    </label>
  );
}

interface Shown {
  readonly problem: Signal<string>;
  readonly level: Signal<number>;
  readonly picture: Signal<MediaStream | null>;
  readonly devices: Signal<readonly MediaDeviceInfo[]>;
}

/** Opens both and shows them until the returned function is called. */
function tried({ problem, level, picture, devices }: Shown): () => void {
  const ends: (() => void)[] = [];
  let ended = false;
  const keep = (end: () => void): void => {
    if (ended) end();
    else ends.push(end);
  };
  const look = async (): Promise<void> => {
    if (!isSecure()) throw new Error(notSecure());
    const voice = await microphone();
    keep(() => voice.stop());
    const loudness = new Loudness(voice);
    keep(() => loudness.close());
    const timer = setInterval(() => {
      level.value = loudness.value;
    }, LOOK_MS);
    keep(() => clearInterval(timer));
    const seen = await camera().catch(() => null); // many computers have none
    if (seen) keep(() => seen.stop());
    picture.value = seen && new MediaStream([seen]);
    devices.value = await navigator.mediaDevices.enumerateDevices();
  };
  problem.value = "";
  look().catch((error: unknown) => {
    problem.value = error instanceof DOMException ? whyNot(error) : (error as Error).message;
  });
  return () => {
    ended = true;
    for (const end of ends) end();
  };
}

async function tone(speaker: string): Promise<void> {
  const context = new AudioContext() as AudioContext & { setSinkId?: (id: string) => Promise<void> };
  if (speaker) await context.setSinkId?.(speaker).catch(() => undefined); // unplugged since: the usual one
  const [source, loudness] = [context.createOscillator(), context.createGain()];
  source.frequency.value = TONE_HZ;
  loudness.gain.value = 0.2;
  source.connect(loudness).connect(context.destination);
  source.onended = () => void context.close();
  source.start();
  source.stop(context.currentTime + TONE_SECONDS);
}
