/** The series of all open studies as small pictures. */

import { useEffect, useRef } from "preact/hooks";
import { DocumentIcon } from "../documents/document_icon";
import { t, tn } from "../i18n/translate";
import { isOnlyDrawn } from "../objects/types";
import type { OpenStudy, Stack } from "../stream/stack";
import { aspectOf } from "../viewport/geometry";
import type { Workspace } from "../viewport/workspace";
import { dayText } from "./format";
import { Priors } from "./priors";
import { draggedFrom } from "./series_drag";

const SIDE = 112;

/** The picture as large as the square allows, with its true proportions. */
function drawThumbnail(canvas: HTMLCanvasElement, bitmap: ImageBitmap, stack: Stack): void {
  const frame = stack.frames[stack.start];
  const context = canvas.getContext("2d", { alpha: false });
  if (!frame || !context) return;
  const { rows, columns, aspect } = frame.instance;
  const height = rows * aspectOf({ spacing: frame.spacing, aspect });
  const scale = canvas.width / Math.max(columns, height);
  const [w, h] = [columns * scale, height * scale];
  context.fillStyle = "#000";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, (canvas.width - w) / 2, (canvas.height - h) / 2, w, h);
}

function Thumbnail({ stack, workspace }: { stack: Stack; workspace: Workspace }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const drawn = useRef<ImageBitmap | null>(null);
  workspace.arrivals.value;
  const frame = stack.frames[stack.start];
  const bitmap = (frame && workspace.store.entry(frame).preview) ?? null;
  useEffect(() => {
    if (!bitmap || bitmap === drawn.current || !canvas.current) return;
    drawThumbnail(canvas.current, bitmap, stack);
    drawn.current = bitmap;
  });
  const { series, frames } = stack;
  const isShown = workspace.shownViewports.value.some((viewport) => viewport.stack.value === stack);
  const isActive = workspace.active.value.stack.value === stack;
  const title =
    series.description || series.body_part || t("Series {number}", { number: series.number ?? "" });
  return (
    <button
      type="button"
      class={`hv-thumbnail${isShown ? " hv-shown" : ""}`}
      aria-pressed={isActive}
      title={title}
      onClick={() => workspace.showStack(stack)}
      {...draggedFrom(stack)}
    >
      <span class="hv-thumbnail-picture">
        <canvas ref={canvas} width={SIDE * 2} height={SIDE * 2} />
        {frames.length === 0 && <DocumentIcon stack={stack} />}
        <span class="hv-badge">{series.modality}</span>
        <span class="hv-count" title={tn("{count} image", "{count} images", frames.length)}>
          {frames.length || series.instances.length}
        </span>
      </span>
      <span class="hv-thumbnail-title">{title}</span>
    </button>
  );
}

/** What is only drawn on other series' images has no picture of its own: the panel of objects lists it. */
function isPictured({ frames, series }: Stack): boolean {
  return frames.length > 0 || series.instances.some(({ sop_class_uid }) => !isOnlyDrawn(sop_class_uid));
}

function StudyThumbnails({ study, workspace }: { study: OpenStudy; workspace: Workspace }) {
  const isAlone = workspace.studies.value.length < 2;
  const title = [dayText(study.facts.study_date), study.facts.description].filter(Boolean).join(" · ");
  return (
    <section class="hv-rail-study" aria-label={title}>
      {!isAlone && <h2>{title}</h2>}
      {workspace.priors.opened.value.has(study.id) && <ClosePrior id={study.id} workspace={workspace} />}
      {study.stacks.filter(isPictured).map((stack) => (
        <Thumbnail key={stack.id} stack={stack} workspace={workspace} />
      ))}
    </section>
  );
}

function ClosePrior({ id, workspace }: { id: string; workspace: Workspace }) {
  return (
    <button type="button" class="hv-prior" onClick={() => workspace.opening.close(id)}>
      <span>{t("Close this study")}</span>
    </button>
  );
}

export function Thumbnails({ workspace }: { workspace: Workspace }) {
  const isSingle = workspace.stacks.value.length < 2 && !workspace.priors.list.value?.length;
  return (
    <nav class={`hv-rail${isSingle ? " hv-single" : ""}`} aria-label={t("Series")}>
      {workspace.studies.value.map((study) => (
        <StudyThumbnails key={study.id} study={study} workspace={workspace} />
      ))}
      <Priors workspace={workspace} />
    </nav>
  );
}
