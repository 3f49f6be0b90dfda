/** Where in the stack one is, and how much of it is here. */

import { t } from "../i18n/translate";
import type { Run } from "../stream/runs";
import type { ViewportModel } from "../viewport/model";
import type { Workspace } from "../viewport/workspace";

/** Where in the stack something is here: one bar for each unbroken run of images. */
function Runs({ runs, total, name }: { runs: readonly Run[]; total: number; name: string }) {
  const share = (count: number) => `${((count / total) * 100).toFixed(2)}%`;
  return (
    <>
      {runs.map(([start, end]) => (
        <i key={start} class={name} style={{ top: share(start), height: share(end - start) }} />
      ))}
    </>
  );
}

export function SliceSlider({ viewport, workspace }: { viewport: ViewportModel; workspace: Workspace }) {
  const stack = viewport.stack.value;
  workspace.arrivals.value;
  if (!stack || stack.frames.length < 2) return null;
  const total = stack.frames.length;
  const { preview, full } = workspace.store.loaded(stack);
  return (
    <div class="hv-slider">
      <div class="hv-slider-loaded" aria-hidden="true">
        <Runs runs={preview} total={total} name="hv-loaded-preview" />
        <Runs runs={full} total={total} name="hv-loaded-full" />
      </div>
      <input
        type="range"
        min={0}
        max={stack.frames.length - 1}
        value={viewport.index.value}
        aria-label={t("Image in the stack")}
        aria-valuetext={t("Image {number} of {count}", { number: viewport.index.value + 1, count: total })}
        onInput={(event) => {
          workspace.activate(viewport);
          viewport.scrollTo(Number(event.currentTarget.value));
        }}
      />
    </div>
  );
}
