/** The body in three dimensions, made by the server: drag turns it, the wheel brings it nearer. */

import { effect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../i18n/translate";
import { Cell } from "./cell";
import type { RenderingModel } from "./rendering";
import { presetsFor, type VolumeSession } from "./session";
import { RENDERING_NAMES } from "./words";

const DEGREES_A_PIXEL = 0.5;

/** As a person standing there would see the patient. */
const SIDES = [
  ["A", 0, 0],
  ["P", 180, 0],
  ["R", 270, 0],
  ["L", 90, 0],
  ["H", 0, 90],
  ["F", 0, -90],
] as const;

function attachTurning(element: HTMLElement, model: RenderingModel, session: VolumeSession): () => void {
  const controller = new AbortController();
  const { signal } = controller;
  const pressed = new Map<number, readonly [number, number]>();
  element.addEventListener(
    "pointerdown",
    (event) => {
      session.active.value = "last";
      element.setPointerCapture(event.pointerId);
      pressed.set(event.pointerId, [event.clientX, event.clientY]);
    },
    { signal },
  );
  element.addEventListener(
    "pointermove",
    (event) => {
      const before = pressed.get(event.pointerId);
      if (!before) return;
      const [dx, dy] = [event.clientX - before[0], event.clientY - before[1]];
      const other = [...pressed].find(([id]) => id !== event.pointerId)?.[1];
      if (other) model.zoomBy(pinch(before, [event.clientX, event.clientY], other));
      else if (event.buttons === 2) model.zoomBy(1.01 ** -dy);
      else model.turn(-dx * DEGREES_A_PIXEL, dy * DEGREES_A_PIXEL);
      pressed.set(event.pointerId, [event.clientX, event.clientY]);
    },
    { signal },
  );
  const up = (event: PointerEvent) => pressed.delete(event.pointerId);
  element.addEventListener("pointerup", up, { signal });
  element.addEventListener("pointercancel", up, { signal });
  element.addEventListener("contextmenu", (event) => event.preventDefault(), { signal });
  element.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      model.zoomBy(1.0015 ** -event.deltaY);
    },
    { signal, passive: false },
  );
  return () => controller.abort();
}

type Place = readonly [number, number];

function pinch(before: Place, now: Place, other: Place): number {
  const apart = ([x, y]: Place) => Math.max(1, Math.hypot(x - other[0], y - other[1]));
  return apart(now) / apart(before);
}

/** The picture fills the place as far as its shape allows. */
function drawInto(canvas: HTMLCanvasElement, model: RenderingModel): void {
  const picture = model.picture.peek();
  const { width, height } = model.size.peek();
  canvas.width = Math.round(width * devicePixelRatio);
  canvas.height = Math.round(height * devicePixelRatio);
  const context = canvas.getContext("2d", { alpha: false });
  if (!context || !picture) return;
  const scale = Math.min(canvas.width / picture.width, canvas.height / picture.height);
  const [across, down] = [picture.width * scale, picture.height * scale];
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, (canvas.width - across) / 2, (canvas.height - down) / 2, across, down);
}

function Presets({ session }: { session: VolumeSession }) {
  const facts = session.facts.value;
  if (!facts) return null;
  return (
    <label class="hv-mpr-select">
      <span class="hv-unseen">{t("Tissue")}</span>
      <select
        value={session.preset.value}
        onChange={({ currentTarget }) => {
          session.preset.value = currentTarget.value;
        }}
      >
        {presetsFor(facts).map((id) => (
          <option key={id} value={id}>
            {t(RENDERING_NAMES[id] ?? id)}
          </option>
        ))}
      </select>
    </label>
  );
}

function Sides({ model }: { model: RenderingModel }) {
  return (
    <fieldset class="hv-mpr-sides" aria-label={t("Seen from")}>
      {SIDES.map(([letter, azimuth, elevation]) => (
        <button
          key={letter}
          type="button"
          class="hv-button"
          aria-label={t("Seen from {side}", { side: letter })}
          onClick={() => model.look(azimuth, elevation)}
        >
          {letter}
        </button>
      ))}
    </fieldset>
  );
}

export function RenderingView({ session, model }: { session: VolumeSession; model: RenderingModel }) {
  const surface = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const [element, drawn] = [surface.current, canvas.current];
    if (!element || !drawn) return;
    const observer = new ResizeObserver(() => {
      model.size.value = { width: element.clientWidth, height: element.clientHeight };
    });
    observer.observe(element);
    const detach = attachTurning(element, model, session);
    const stopDrawing = effect(() => {
      void [model.picture.value, model.size.value];
      drawInto(drawn, model);
    });
    return () => {
      observer.disconnect();
      detach();
      stopDrawing();
    };
  }, [model, session]);
  const trouble = model.trouble.value;
  return (
    <Cell session={session} name="last" title={t("3D")}>
      <div
        ref={surface}
        class="hv-surface hv-mpr-rendering"
        role="application"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: one works in this picture by keys and pointers
        tabIndex={0}
        aria-label={t("Three-dimensional picture")}
        onFocus={() => {
          session.active.value = "last";
        }}
      >
        <canvas ref={canvas} />
        {model.picture.value === null && trouble === null && (
          <p class="hv-empty">{t("The three-dimensional picture is being made…")}</p>
        )}
      </div>
      <div class="hv-mpr-bar">
        <Presets session={session} />
        <Sides model={model} />
      </div>
      {trouble !== null && (
        <div class="hv-mpr-trouble" role="status">
          {trouble}
        </div>
      )}
    </Cell>
  );
}
