/** Presets of the modality and typed numbers. */

import { useRef } from "preact/hooks";
import { formatNumber, t } from "../i18n/translate";
import { sameWindow } from "../stream/frame_cache";
import type { ViewportModel } from "../viewport/model";
import { type Preset, presetsOf } from "../viewport/presets";
import type { Workspace } from "../viewport/workspace";
import { Popover } from "./popover";

function PresetButton({ preset, place, viewport, close }: PresetProps) {
  const { window } = preset;
  const isChosen = sameWindow(viewport.window.value, window);
  return (
    <button
      type="button"
      class="hv-menu-item"
      aria-pressed={isChosen}
      onClick={() => {
        viewport.window.value = window;
        close();
      }}
    >
      <kbd>{place < 9 ? place + 1 : ""}</kbd>
      <span>{t(preset.name)}</span>
      <small>{window ? `${formatNumber(window.center)} / ${formatNumber(window.width)}` : ""}</small>
    </button>
  );
}

interface PresetProps {
  preset: Preset;
  place: number;
  viewport: ViewportModel;
  close: () => void;
}

/** "40,5" or "40.5"; null when it is no number. */
function numberIn(input: HTMLInputElement | null): number | null {
  const value = Number(input?.value.trim().replace(",", ".") || Number.NaN);
  return Number.isFinite(value) ? value : null;
}

function TypedWindow({ viewport }: { viewport: ViewportModel }) {
  const center = useRef<HTMLInputElement>(null);
  const width = useRef<HTMLInputElement>(null);
  const shown = viewport.shownWindow.value;
  const take = () => {
    const [c, w] = [numberIn(center.current), numberIn(width.current)];
    if (c === null || w === null || w <= 0) return;
    const kind = shown?.function ?? "LINEAR";
    viewport.window.value = { center: c, width: kind === "LINEAR" ? Math.max(1, w) : w, function: kind };
  };
  const text = (value: number | undefined) => (value === undefined ? "" : String(Number(value.toFixed(2))));
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
        <input ref={center} inputMode="decimal" value={text(shown?.center)} onChange={take} />
      </label>
      <label>
        {t("Width")}
        <input ref={width} inputMode="decimal" value={text(shown?.width)} onChange={take} />
      </label>
      <button type="submit" class="hv-plain">
        {t("Apply")}
      </button>
    </form>
  );
}

export function WindowPanel({ workspace }: { workspace: Workspace }) {
  const viewport = workspace.active.value;
  const frame = viewport.frame.value;
  const stack = viewport.stack.value;
  const isGrey = frame?.instance.samples === 1;
  return (
    <Popover
      icon="sliders"
      label={t("Window presets and numbers")}
      text={t("Window presets")}
      disabled={!isGrey}
    >
      {(close) => (
        <>
          {frame &&
            stack &&
            presetsOf(stack.series.modality, frame.instance.unit, frame.windows).map((preset, place) => (
              <PresetButton
                key={preset.name}
                preset={preset}
                place={place}
                viewport={viewport}
                close={close}
              />
            ))}
          <TypedWindow viewport={viewport} />
        </>
      )}
    </Popover>
  );
}
