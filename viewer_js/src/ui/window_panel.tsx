/** Presets of the modality and typed numbers. */

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { formatNumber, t } from "../i18n/translate";
import type { ViewportModel } from "../viewport/model";
import { choose, isChosen, type Preset, presetsFor } from "../viewport/presets";
import type { Window } from "../viewport/window";

function PresetButton({ preset, place, viewport, close }: PresetProps) {
  const { window } = preset;
  return (
    <button
      type="button"
      class="hv-menu-item"
      aria-pressed={isChosen(viewport, preset)}
      onClick={() => {
        choose(viewport, preset);
        close();
      }}
    >
      <kbd>{place < 9 ? place + 1 : ""}</kbd>
      <span>{t(preset.name)}</span>
      <small>
        {window && window.table === undefined
          ? `${formatNumber(window.center)} / ${formatNumber(window.width)}`
          : ""}
      </small>
    </button>
  );
}

interface PresetProps {
  preset: Preset;
  place: number;
  viewport: ViewportModel;
  close: () => void;
}

const FARTHEST_CENTRE = 1e6;
const [NARROWEST, WIDEST] = [0.001, 2e6];

/** "40,5" or "40.5". */
function numberOf(typed: string): number {
  return typed.trim() === "" ? Number.NaN : Number(typed.trim().replace(",", "."));
}

function isCentre(typed: string): boolean {
  return Math.abs(numberOf(typed)) <= FARTHEST_CENTRE;
}

function isWidth(typed: string): boolean {
  const width = numberOf(typed);
  return width >= NARROWEST && width <= WIDEST;
}

function textOf(value: number | undefined): string {
  if (value === undefined) return "";
  return String(Number(value.toFixed(Math.abs(value) < 1 ? 4 : 2)));
}

interface Typed {
  readonly center: string;
  readonly width: string;
}

function typedOf(window: Window | null): Typed {
  return { center: textOf(window?.center), width: textOf(window?.width) };
}

/** Which of the two numbers will do; what was not touched always does. */
function judged({ center, width }: Typed, old: Typed): { center: boolean; width: boolean } {
  return { center: center === old.center || isCentre(center), width: width === old.width || isWidth(width) };
}

/** The window in its exact numbers, those typed put in their place. */
function windowOf(typed: Typed, shown: Window | null): Window | null {
  const old = typedOf(shown);
  const center = typed.center === old.center ? shown?.center : numberOf(typed.center);
  const width = typed.width === old.width ? shown?.width : numberOf(typed.width);
  if (center === undefined || width === undefined) return null;
  const kind = shown?.function ?? "LINEAR";
  return { center, width: kind === "LINEAR" ? Math.max(1, width) : width, function: kind };
}

/** Numbers that make no window stay in their field, marked; the picture keeps the window it has. */
export function TypedWindow({ viewport }: { viewport: ViewportModel }) {
  const center = useRef<HTMLInputElement>(null);
  const width = useRef<HTMLInputElement>(null);
  const refused = useSignal<Typed | null>(null);
  const shown = viewport.shownWindow.value;
  useEffect(() => {
    refused.value = null;
  }, [shown, refused]);
  const old = typedOf(shown);
  const take = () => {
    const typed = { center: center.current?.value ?? "", width: width.current?.value ?? "" };
    const good = judged(typed, old);
    const isGood = good.center && good.width;
    refused.value = isGood ? null : typed;
    const window = isGood ? windowOf(typed, shown) : null;
    if (window) viewport.window.value = window;
  };
  const fields = refused.value ?? old;
  const good = judged(fields, old);
  return (
    <form
      class="hv-typed"
      onSubmit={(event) => {
        event.preventDefault();
        take();
      }}
    >
      <label>
        {t("Centre")}
        <input
          ref={center}
          inputMode="decimal"
          value={fields.center}
          aria-invalid={!good.center}
          onChange={take}
        />
      </label>
      <label>
        {t("Width")}
        <input
          ref={width}
          inputMode="decimal"
          value={fields.width}
          aria-invalid={!good.width}
          onChange={take}
        />
      </label>
      <button type="submit" class="hv-plain">
        {t("Apply")}
      </button>
    </form>
  );
}

export function WindowPanel({ viewport, close }: { viewport: ViewportModel; close: () => void }) {
  return (
    <>
      {presetsFor(viewport).map((preset, place) => (
        <PresetButton
          key={`${place}/${preset.name}`}
          preset={preset}
          place={place}
          viewport={viewport}
          close={close}
        />
      ))}
      <TypedWindow viewport={viewport} />
    </>
  );
}
