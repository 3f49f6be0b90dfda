/** In place of the words while a voice is recorded: throw away, stop to hear it, send. One thumb reaches all three. */

import "./talk.css";
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../../i18n/translate";
import { isSecure, notSecure, whyNot } from "../calls/media";
import { Icon } from "../icons";
import { lengthOf } from "../length";
import { Player } from "./player";
import { LONGEST_S, type Recorded, Recorder } from "./recorder";
import { Wave } from "./wave";

interface BarProps {
  readonly send: (recorded: Recorded) => Promise<void>;
  readonly close: () => void;
}

export function VoiceBar({ send, close }: BarProps) {
  const problem = useSignal(isSecure() ? "" : notSecure());
  const recorder = useSignal<Recorder | null>(null);
  const done = useSignal<Recorded | null>(null);
  const sending = useSignal(false);
  const failed = useSignal(false);
  const live = useRef(true);
  const stop = async (): Promise<Recorded | null> => {
    const running = recorder.value;
    recorder.value = null;
    if (running !== null) done.value = await running.stop();
    return done.value;
  };
  useEffect(() => {
    if (problem.value) return;
    void Recorder.begin(() => void stop()).then(
      (begun) => {
        if (live.current) recorder.value = begun;
        else begun.discard();
      },
      (error: unknown) => {
        problem.value = whyNot(error);
      },
    );
    return () => {
      live.current = false;
      recorder.value?.discard();
    };
  }, []);
  const sent = async (): Promise<void> => {
    sending.value = true;
    failed.value = false;
    try {
      const recorded = await stop();
      if (recorded !== null) await send(recorded);
      close();
    } catch {
      failed.value = true; // the recording is still here
    } finally {
      sending.value = false;
    }
  };
  return (
    <div class="hr-voice-bar">
      <button
        type="button"
        class="button quiet"
        aria-label={t("Throw the voice message away")}
        title={t("Throw the voice message away")}
        onClick={close}
      >
        <Icon name="trash" />
      </button>
      {problem.value && (
        <p class="hr-problem" role="alert">
          {problem.value}
        </p>
      )}
      {failed.value && (
        <p class="hr-problem" role="alert">
          {t("The voice message was not sent. Try again.")}
        </p>
      )}
      {recorder.value && <Running recorder={recorder.value} stop={() => void stop()} />}
      {done.value && <Heard recorded={done.value} />}
      {!problem.value && (
        <button
          type="button"
          class="button primary"
          aria-label={t("Send the voice message")}
          title={t("Send the voice message")}
          disabled={sending.value || (recorder.value === null && done.value === null)}
          onClick={() => void sent()}
        >
          <Icon name="send" />
        </button>
      )}
    </div>
  );
}

function Running({ recorder, stop }: { readonly recorder: Recorder; readonly stop: () => void }) {
  const stopButton = useRef<HTMLButtonElement>(null);
  useEffect(() => stopButton.current?.focus(), []);
  const left = LONGEST_S - recorder.seconds.value;
  return (
    <>
      <span class="hr-voice-clock" role="timer" aria-label={t("Recording")}>
        {lengthOf(recorder.seconds.value * 1000)}
        {left < 15 && <small>{t("{count} s left", { count: Math.ceil(left) })}</small>}
      </span>
      <Wave peaks={recorder.levels.value.slice(-40).map((level) => level * 100)} />
      <button
        ref={stopButton}
        type="button"
        class="button quiet"
        aria-label={t("Stop and listen")}
        title={t("Stop and listen")}
        onClick={stop}
      >
        <Icon name="stop" />
      </button>
    </>
  );
}

/** Before it is sent. */
function Heard({ recorded: { file, voice } }: { readonly recorded: Recorded }) {
  const address = useSignal("");
  useEffect(() => {
    const made = URL.createObjectURL(file);
    address.value = made;
    return () => URL.revokeObjectURL(made);
  }, [file]);
  return address.value ? <Player address={address.value} voice={voice} /> : null;
}
