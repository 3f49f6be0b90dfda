/** Where in the stack one is, and how much of it is here. */

import { t } from "../i18n/translate";
import type { ViewportModel } from "../viewport/model";
import type { Workspace } from "../viewport/workspace";

export function SliceSlider({ viewport, workspace }: { viewport: ViewportModel; workspace: Workspace }) {
  const stack = viewport.stack.value;
  workspace.arrivals.value;
  if (!stack || stack.frames.length < 2) return null;
  const { previews, full, total } = workspace.store.progress(stack);
  const share = (count: number) => `${((count / total) * 100).toFixed(1)}%`;
  return (
    <div class="hv-slider">
      <div class="hv-slider-loaded" aria-hidden="true">
        <i class="hv-loaded-preview" style={{ height: share(previews) }} />
        <i class="hv-loaded-full" style={{ height: share(full) }} />
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
