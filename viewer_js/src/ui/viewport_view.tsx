/** One viewport: picture, marks, texts, slider; and the place where gestures arrive. */

import { useEffect, useId, useRef } from "preact/hooks";
import { t } from "../i18n/translate";
import type { ViewportModel } from "../viewport/model";
import { ViewportScreen } from "../viewport/screen";
import type { Workspace } from "../viewport/workspace";
import { attachGestures } from "./attach_gestures";
import { Corners } from "./corners";
import { LateDocuments, LateGuides, LateHeld, LateTextEntry } from "./late_views";
import { LayersView } from "./layers_view";
import { NoPictures } from "./no_pictures";
import { droppedOn } from "./series_drag";
import { SliceSlider } from "./slice_slider";
import { ViewportName } from "./viewport_name";

interface Props {
  viewport: ViewportModel;
  workspace: Workspace;
}

function ErrorTile({ viewport }: { viewport: ViewportModel }) {
  const reason = viewport.reason.value;
  if (reason === null || viewport.frame.value === null) return null;
  return (
    <div class="hv-error" role="status">
      <b>{t("This image cannot be shown.")}</b>
      <span>{t(reason)}</span>
    </div>
  );
}

export function ViewportView({ viewport, workspace }: Props) {
  const surface = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const svg = useRef<SVGSVGElement>(null);
  const name = useId();
  useEffect(() => {
    if (!surface.current || !canvas.current || !svg.current) return;
    const elements = { surface: surface.current, canvas: canvas.current, svg: svg.current };
    const screen = new ViewportScreen(elements, viewport, workspace);
    const detach = attachGestures(surface.current, viewport, workspace);
    return () => {
      detach();
      screen.stop();
    };
  }, [viewport, workspace]);
  const isActive = workspace.active.value === viewport;
  const isFree = viewport.stack.value === null && workspace.stacks.value.length > 0;
  return (
    <section
      class={`hv-viewport${isActive && workspace.shownViewports.value.length > 1 ? " hv-active" : ""}`}
      {...droppedOn(viewport, workspace)}
    >
      <ViewportName viewport={viewport} workspace={workspace} id={name} />
      <div
        ref={surface}
        class="hv-surface"
        role="application"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: one works in this picture by keys and pointers
        tabIndex={0}
        aria-labelledby={name}
        data-tool={workspace.toolId.value}
        onFocus={() => workspace.activate(viewport)}
      >
        <canvas ref={canvas} />
        <LayersView viewport={viewport} workspace={workspace} />
        <svg ref={svg} class="hv-marks" aria-hidden="true" />
        <LateGuides viewport={viewport} workspace={workspace} />
        <LateHeld viewport={viewport} />
        <Corners viewport={viewport} workspace={workspace} />
        <ErrorTile viewport={viewport} />
        <NoPictures viewport={viewport} workspace={workspace} />
        {isFree && <p class="hv-empty">{t("Choose a series for this place, or drag one here.")}</p>}
      </div>
      <SliceSlider viewport={viewport} workspace={workspace} />
      <LateTextEntry viewport={viewport} workspace={workspace} />
      <LateDocuments viewport={viewport} workspace={workspace} />
    </section>
  );
}
