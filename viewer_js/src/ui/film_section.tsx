/** The film: how fast, which part, to and fro, all viewports together. */

import { formatNumber, t } from "../i18n/translate";
import { FASTEST, SLOWEST } from "../viewport/cine";
import type { Workspace } from "../viewport/workspace";

function rateText(rate: number): string {
  return formatNumber(rate, Number.isInteger(rate) ? 0 : 1);
}

function Rate({ workspace }: { workspace: Workspace }) {
  const { cine } = workspace;
  const recorded = cine.recommended(workspace.active.value);
  const rate = cine.rate.value ?? recorded;
  return (
    <label>
      {t("{rate} images a second", { rate: rateText(rate) })}
      <input
        type="range"
        min={SLOWEST}
        max={FASTEST}
        step={1}
        value={rate}
        aria-label={t("Images a second")}
        onInput={(event) => {
          cine.rate.value = Number(event.currentTarget.value);
        }}
      />
      {cine.rate.value !== null && (
        <button
          type="button"
          class="hv-plain"
          onClick={() => {
            cine.rate.value = null;
          }}
        >
          {t("As recorded: {rate}", { rate: rateText(recorded) })}
        </button>
      )}
    </label>
  );
}

function Part({ workspace, total }: { workspace: Workspace; total: number }) {
  const { cine } = workspace;
  const { first, last } = cine.rangeOf(workspace.active.value);
  const field = (value: number, name: string, take: (index: number) => void) => (
    <label>
      {name}
      <input
        type="number"
        min={1}
        max={total}
        value={value + 1}
        onChange={(event) => take(Number(event.currentTarget.value) - 1)}
      />
    </label>
  );
  return (
    <div class="hv-pair">
      {field(first, t("Film from image"), (index) => cine.setRange(index, Math.max(index, last)))}
      {field(last, t("to image"), (index) => cine.setRange(Math.min(first, index), index))}
    </div>
  );
}

export function FilmSection({ workspace }: { workspace: Workspace }) {
  const { cine } = workspace;
  const viewport = workspace.active.value;
  const total = viewport.stack.value?.frames.length ?? 0;
  if (total < 2) return null;
  return (
    <fieldset>
      <legend>{t("Film")}</legend>
      <button type="button" class="hv-plain" onClick={() => cine.toggle()}>
        {cine.isPlaying.value ? t("Stop") : t("Play")}
      </button>
      <Rate workspace={workspace} />
      <Part workspace={workspace} total={total} />
      <label class="hv-check">
        <input
          type="checkbox"
          checked={cine.sweeps.value}
          onChange={(event) => {
            cine.sweeps.value = event.currentTarget.checked;
          }}
        />
        {t("To and fro")}
      </label>
      <label class="hv-check">
        <input
          type="checkbox"
          checked={cine.together.value}
          onChange={(event) => {
            cine.together.value = event.currentTarget.checked;
          }}
        />
        {t("All viewports together")}
      </label>
    </fieldset>
  );
}
