/** Saves or prints what is on the screen: a picture, a clip, a sheet of paper. */

import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { sentenceOf } from "../api/http";
import { t } from "../i18n/translate";
import type { Workspace } from "../viewport/workspace";
import { animated, MOST_ANIMATED, recorded, recordedFormat, stepOf } from "./clip";
import { composed } from "./compose";
import { printShown } from "./print";
import { fileName, saveBlob, saveCanvas } from "./save";
import "./export.css";

interface Props {
  workspace: Workspace;
  close: () => void;
}

function Check({ value, label }: { value: Signal<boolean>; label: string }) {
  return (
    <label class="hv-export-check">
      <input
        type="checkbox"
        checked={value.value}
        onChange={(event) => {
          value.value = event.currentTarget.checked;
        }}
      />
      {label}
    </label>
  );
}

interface NumberProps {
  label: string;
  value: Signal<number>;
  least: number;
  most: number;
}

function NumberField({ label, value, least, most }: NumberProps) {
  return (
    <label>
      {label}
      <input
        type="number"
        min={least}
        max={most}
        value={value.value}
        onChange={(event) => {
          const typed = Math.round(event.currentTarget.valueAsNumber);
          value.value = Number.isNaN(typed) ? value.peek() : Math.min(most, Math.max(least, typed));
          event.currentTarget.value = String(value.value);
        }}
      />
    </label>
  );
}

type Kind = "gif" | "webm" | "webp";

interface ClipProps {
  workspace: Workspace;
  wishes: { marks: boolean; patient: boolean };
  tell: (message: string) => void;
}

const RATE = 10;

function Clip({ workspace, wishes, tell }: ClipProps) {
  const viewport = workspace.active.value;
  const count = viewport.stack.value?.frames.length ?? 0;
  const [from, to, rate] = [useSignal(1), useSignal(count), useSignal(RATE)];
  const done = useSignal<number | null>(null);
  const stop = useRef<AbortController | null>(null);
  useEffect(() => () => stop.current?.abort(), []);
  if (count < 2) return null;
  const last = Math.max(from.value, to.value) - 1;
  const wish = { first: Math.min(from.value, to.value) - 1, last, rate: rate.value };
  const make = async (kind: Kind) => {
    const abort = new AbortController();
    stop.current = abort;
    done.value = 0;
    workspace.cine.stop();
    try {
      const blob =
        kind === "webm"
          ? await recorded(workspace, viewport, wish, wishes, abort.signal, (part) => {
              done.value = part;
            })
          : await animated(workspace, viewport, kind, wish, abort.signal);
      saveBlob(blob, fileName(viewport, kind === "webm" && blob.type.includes("mp4") ? "mp4" : kind));
    } catch (error) {
      if (!abort.signal.aborted) tell(sentenceOf(error));
    } finally {
      done.value = null;
    }
  };
  const step = stepOf(wish);
  return (
    <fieldset>
      <legend>{t("Clip")}</legend>
      <div class="hv-export-row">
        <NumberField label={t("From image")} value={from} least={1} most={count} />
        <NumberField label={t("to")} value={to} least={1} most={count} />
        <NumberField label={t("a second")} value={rate} least={1} most={30} />
      </div>
      {done.value === null ? (
        <div class="hv-export-row">
          {recordedFormat() && (
            <button type="button" class="hv-export-button" onClick={() => make("webm")}>
              {recordedFormat()?.includes("mp4") ? "MP4" : "WebM"}
            </button>
          )}
          <button type="button" class="hv-export-button" onClick={() => make("gif")}>
            GIF
          </button>
          <button type="button" class="hv-export-button" onClick={() => make("webp")}>
            WebP
          </button>
        </div>
      ) : (
        <div class="hv-export-row">
          <progress {...(done.value > 0 ? { value: done.value } : {})} aria-label={t("Making the clip…")} />
          <button type="button" class="hv-export-button" onClick={() => stop.current?.abort()}>
            {t("Cancel")}
          </button>
        </div>
      )}
      <small>
        {t("GIF and WebP: without marks and name, at most {most} images.", { most: MOST_ANIMATED })}
        {step > 1 && ` ${t("Every {step}th image is taken.", { step })}`}
      </small>
    </fieldset>
  );
}

export function ExportPanel({ workspace, close }: Props) {
  const [marks, patient] = [useSignal(true), useSignal(true)];
  const problem = useSignal("");
  const viewport = workspace.active.value;
  const isPicture = viewport.frame.value !== null;
  const studyId = viewport.stack.value?.studyId;
  const tell = (message: string) => {
    problem.value = message;
  };
  const save = async (type: "image/jpeg" | "image/png") => {
    const canvas = await composed(workspace, viewport, { marks: marks.peek(), patient: patient.peek() });
    if (!canvas) return tell(t("There is no image to save here."));
    saveCanvas(canvas, type, fileName(viewport, type === "image/png" ? "png" : "jpg"));
    close();
  };
  const print = async () => {
    close();
    if (!(await printShown(workspace))) workspace.notify(t("There is no image to save here."));
  };
  return (
    <div class="hv-export">
      <Check value={marks} label={t("With marks")} />
      <Check value={patient} label={t("With name, hospital and date")} />
      <fieldset>
        <legend>{t("This image")}</legend>
        <div class="hv-export-row">
          <button
            type="button"
            class="hv-export-button"
            disabled={!isPicture}
            onClick={() => save("image/png")}
          >
            PNG
          </button>
          <button
            type="button"
            class="hv-export-button"
            disabled={!isPicture}
            onClick={() => save("image/jpeg")}
          >
            JPEG
          </button>
          <button type="button" class="hv-export-button" disabled={!isPicture} onClick={print}>
            {t("Print what is shown")}
          </button>
        </div>
      </fieldset>
      <Clip workspace={workspace} wishes={{ marks: marks.value, patient: patient.value }} tell={tell} />
      {studyId && workspace.isStaff && (
        <a class="hv-export-link" href={`/studies/${studyId}/deidentified`} target="_blank" rel="noopener">
          {t("Copy of the study without a name…")}
        </a>
      )}
      <p role="status">{problem.value}</p>
    </div>
  );
}
