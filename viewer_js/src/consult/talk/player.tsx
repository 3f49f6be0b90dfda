import "./talk.css";
import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { t } from "../../i18n/translate";
import type { Voice } from "../event_types";
import { Icon } from "../icons";
import { lengthOf } from "../length";
import { Wave } from "./wave";

const RATES = [1, 1.5, 2] as const;
const FLAT = Array.from({ length: 24 }, () => 30);

/** Only one voice is heard at a time. */
let playing: HTMLAudioElement | null = null;

interface PlayerProps {
  readonly address: string;
  /** Absent: a sound that was not spoken into this room. */
  readonly voice?: Voice | null | undefined;
}

/** A voice: play and pause, its loudness to jump in, and how fast. The sound is fetched when it is first played. */
export function Player({ address, voice }: PlayerProps) {
  const sound = useRef<HTMLAudioElement>(null);
  const on = useSignal(false);
  const at = useSignal(0);
  const rate = useSignal(0);
  const problem = useSignal(false);
  const seconds = voice?.seconds || finite(sound.current?.duration);
  const press = (): void => {
    const { current } = sound;
    if (current === null) return;
    if (on.value) current.pause();
    else start(current, RATES[rate.value] ?? 1).catch(() => (problem.value = true));
  };
  return (
    <div class="hr-player">
      {/* biome-ignore lint/a11y/useMediaCaption: spoken a moment ago, nobody has written it down */}
      <audio
        ref={sound}
        src={address}
        preload="none"
        onPlay={() => (on.value = true)}
        onPause={() => (on.value = false)}
        onEnded={() => (at.value = 0)}
        onTimeUpdate={({ currentTarget }) => (at.value = currentTarget.currentTime)}
      />
      <button
        type="button"
        class="button"
        aria-label={on.value ? t("Pause") : t("Play the voice message")}
        title={on.value ? t("Pause") : t("Play the voice message")}
        onClick={press}
      >
        <Icon name={on.value ? "pause" : "play"} />
      </button>
      <label class="hr-seek">
        <Wave peaks={voice?.peaks.length ? voice.peaks : FLAT} heard={seconds > 0 ? at.value / seconds : 0} />
        <input
          type="range"
          min={0}
          max={Math.max(1, seconds)}
          step={1}
          value={at.value}
          aria-label={t("Place in the voice message")}
          aria-valuetext={lengthOf(at.value * 1000)}
          onInput={({ currentTarget }) => {
            if (sound.current) sound.current.currentTime = Number(currentTarget.value);
          }}
        />
      </label>
      <button
        type="button"
        class="button quiet hr-rate"
        title={t("How fast it is played")}
        aria-label={t("How fast it is played: {rate} times", { rate: RATES[rate.value] ?? 1 })}
        onClick={() => {
          rate.value = (rate.value + 1) % RATES.length;
          if (sound.current) sound.current.playbackRate = RATES[rate.value] ?? 1;
        }}
      >
        {on.value || at.value > 0 || rate.value > 0 ? `${RATES[rate.value]}×` : lengthOf(seconds * 1000)}
      </button>
      {problem.value && (
        <p class="hr-problem" role="alert">
          {t("The voice message cannot be played here.")}
        </p>
      )}
    </div>
  );
}

async function start(sound: HTMLAudioElement, rate: number): Promise<void> {
  if (playing !== sound) playing?.pause();
  playing = sound;
  sound.playbackRate = rate;
  await sound.play();
}

/** Of a sound without an end written into it browsers say "endless". */
function finite(seconds: number | undefined): number {
  return seconds !== undefined && Number.isFinite(seconds) ? seconds : 0;
}
