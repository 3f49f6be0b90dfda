/** One viewport: picture, marks, texts, slider; and the place where gestures arrive. */

import { useEffect, useId, useLayoutEffect, useRef } from "preact/hooks";
import type { Annotation } from "../annotations/model";
import { t } from "../i18n/translate";
import { apply } from "../viewport/geometry";
import type { ViewportModel } from "../viewport/model";
import { ViewportScreen } from "../viewport/screen";
import type { Workspace } from "../viewport/workspace";
import { attachGestures } from "./attach_gestures";
import { Corners } from "./corners";
import { LateDocuments, LateGuides, LateHeld } from "./late_views";
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

function placeholderOf({ kind }: Annotation): string {
  if (kind === "spine_label") return t("First vertebra, such as L5");
  return kind === "arrow" ? t("Text (may stay empty)") : t("Text");
}

/** The words being typed into a text mark or beside an arrow. */
function TextEntry({ viewport, workspace }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const mark = workspace.desk.typing.value;
  const frame = viewport.frame.value;
  const isHere =
    mark &&
    frame &&
    mark.sop_instance_uid === frame.instance.sop_instance_uid &&
    mark.frame_number === frame.number;
  const isShown = isHere && workspace.active.value === viewport;
  useLayoutEffect(() => {
    if (isShown) input.current?.focus();
  }, [isShown]);
  if (!isShown || !mark) return null;
  const [x, y] = apply(viewport.toScreen.value, mark.points[0] ?? [0, 0]);
  const { width, height } = viewport.size.value;
  const finish = (keep: boolean) => {
    const text = input.current?.value.trim() ?? "";
    workspace.desk.endTyping(keep ? text : null);
    input.current?.closest<HTMLElement>(".hv-viewport")?.querySelector<HTMLElement>(".hv-surface")?.focus();
  };
  return (
    <form
      class="hv-text-entry"
      style={{
        left: `${Math.min(Math.max(4, x), width - 224)}px`,
        top: `${Math.min(Math.max(4, y - 18), height - 44)}px`,
      }}
      onSubmit={(event) => {
        event.preventDefault();
        finish(true);
      }}
    >
      <input
        ref={input}
        maxLength={500}
        defaultValue={mark.text}
        placeholder={placeholderOf(mark)}
        aria-label={t("Text of the mark")}
        onKeyDown={(event) => {
          if (event.key === "Escape") finish(false);
          event.stopPropagation();
        }}
        onBlur={() => workspace.desk.typing.peek() && finish(true)}
      />
    </form>
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
      <TextEntry viewport={viewport} workspace={workspace} />
      <LateDocuments viewport={viewport} workspace={workspace} />
    </section>
  );
}
