/** Window presets of the shown modality, changed for oneself or, by who may, for the whole hospital. */

import { useSignal } from "@preact/signals";
import { sentenceOf } from "../api/http";
import { keepForHospital, managesHospital } from "../api/preferences";
import { t } from "../i18n/translate";
import { type KeptPreset, keptPresets, presetsOfModality } from "../viewport/presets";
import type { Workspace } from "../viewport/workspace";
import { Icon } from "./icons";

const MOST = 20;
const NARROWEST = 0.001;

function numberOf(typed: string, fallback: number): number {
  const value = Number(typed.trim().replace(",", "."));
  return typed.trim() !== "" && Number.isFinite(value) && Math.abs(value) <= 1e6 ? value : fallback;
}

interface RowProps {
  preset: KeptPreset;
  change: (preset: KeptPreset) => void;
  remove: () => void;
}

function Row({ preset, change, remove }: RowProps) {
  return (
    <li>
      <input
        value={t(preset.name)}
        maxLength={60}
        aria-label={t("Name of the preset")}
        onChange={(event) => change({ ...preset, name: event.currentTarget.value.trim() || preset.name })}
      />
      <input
        value={String(preset.center)}
        inputMode="decimal"
        aria-label={t("Centre")}
        onChange={(event) =>
          change({ ...preset, center: numberOf(event.currentTarget.value, preset.center) })
        }
      />
      <input
        value={String(preset.width)}
        inputMode="decimal"
        aria-label={t("Width")}
        onChange={(event) => {
          const width = Math.max(NARROWEST, numberOf(event.currentTarget.value, preset.width));
          change({ ...preset, width });
        }}
      />
      <button type="button" class="hv-button" aria-label={t("Delete")} title={t("Delete")} onClick={remove}>
        <Icon name="trash" />
      </button>
    </li>
  );
}

function ForHospital({ workspace }: { workspace: Workspace }) {
  const state = useSignal("");
  if (!managesHospital()) return null;
  const keep = async () => {
    try {
      await keepForHospital("window_presets", keptPresets().peek());
      state.value = t("Kept for the hospital.");
    } catch (error) {
      workspace.notify(sentenceOf(error));
    }
  };
  return (
    <>
      <button type="button" class="hv-plain" onClick={() => void keep()}>
        {t("Keep for the whole hospital")}
      </button>
      <small role="status">{state.value}</small>
    </>
  );
}

export function PresetsSection({ workspace }: { workspace: Workspace }) {
  const viewport = workspace.active.value;
  const modality = viewport.stack.value?.series.modality;
  if (!modality || !viewport.frame.value) return null;
  const kept = keptPresets();
  const presets = presetsOfModality(modality, kept.value);
  const put = (list: readonly KeptPreset[]) => {
    kept.value = { ...kept.peek(), [modality]: list };
  };
  const usual = () => {
    const { [modality]: _, ...rest } = kept.peek();
    kept.value = rest;
  };
  const shown = viewport.shownWindow.value;
  return (
    <fieldset>
      <legend>{t("Window presets of {modality}", { modality })}</legend>
      <ol class="hv-presets">
        {presets.map((preset, at) => (
          <Row
            key={`${at}/${preset.name}/${preset.center}/${preset.width}`}
            preset={preset}
            change={(changed) => put(presets.map((one, i) => (i === at ? changed : one)))}
            remove={() => put(presets.filter((_, i) => i !== at))}
          />
        ))}
      </ol>
      <div class="hv-row">
        <button
          type="button"
          class="hv-plain"
          disabled={!shown || presets.length >= MOST}
          onClick={() => {
            if (!shown) return;
            const { center, width } = shown;
            put([...presets, { name: t("Preset {number}", { number: presets.length + 1 }), center, width }]);
          }}
        >
          {t("Add the window shown")}
        </button>
        {kept.value[modality] && (
          <button type="button" class="hv-plain" onClick={usual}>
            {t("The usual ones again")}
          </button>
        )}
      </div>
      <ForHospital workspace={workspace} />
    </fieldset>
  );
}
