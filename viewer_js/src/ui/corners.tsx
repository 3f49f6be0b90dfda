/** What stands in the corners and at the edges of a viewport. */

import { useComputed } from "@preact/signals";
import { formatNumber, t } from "../i18n/translate";
import type { DataSaver } from "../stream/saver";
import type { Frame, OpenStudy, Stack } from "../stream/stack";
import { fitScale } from "../viewport/geometry";
import { directionsOf, edgeLetters, sideText } from "../viewport/letters";
import type { ViewportModel } from "../viewport/model";
import { tableName } from "../viewport/own_windows";
import { scaleBar } from "../viewport/scale_bar";
import type { Workspace } from "../viewport/workspace";
import { Edges } from "./edges";
import { ageText, dayText, nameText, sexText, timeText } from "./format";
import { FullQualityButton } from "./full_quality_button";

interface Props {
  viewport: ViewportModel;
  workspace: Workspace;
}

function Patient({ study }: { study: OpenStudy }) {
  const { facts } = study;
  const born = [dayText(facts.birth_date), sexText(facts.sex), ageText(facts.age)]
    .filter(Boolean)
    .join(" · ");
  return (
    <div class="hv-corner hv-top-left">
      <b>{nameText(facts.patient_name)}</b>
      <span>{facts.patient_id}</span>
      <span>{born}</span>
    </div>
  );
}

interface ExaminationProps {
  study: OpenStudy;
  stack: Stack;
  frame: Frame;
  isOther: boolean;
}

function Examination({ study, stack, frame, isOther }: ExaminationProps) {
  const { facts } = study;
  const side = sideText(frame.instance);
  const { series } = stack;
  const title = [series.number === null ? "" : `${series.number}.`, series.description || series.body_part];
  return (
    <div class="hv-corner hv-top-right">
      <b>{facts.hospital_name}</b>
      <span>{[dayText(facts.study_date), timeText(facts.study_time)].filter(Boolean).join(" ")}</span>
      <span>{facts.description}</span>
      <span>{[series.modality, ...title].filter(Boolean).join(" ")}</span>
      {side && <b class="hv-laterality">{side}</b>}
      {isOther && <em class="hv-other-study">{t("Other study")}</em>}
    </div>
  );
}

function windowDigits(width: number): number {
  return width < 20 ? 2 : 0;
}

/** 100 %: a pixel of the image is one of the screen. */
function zoomText(viewport: ViewportModel): string {
  const { zoom, rotation } = viewport.placement.value;
  if (Math.abs(zoom - 1) < 1e-3) return t("Fit");
  const scale = fitScale(viewport.plane.value, viewport.size.value, rotation) * zoom * devicePixelRatio;
  return t("Zoom {percent} %", { percent: formatNumber(scale * 100) });
}

function Adjustment({ viewport, frame }: { viewport: ViewportModel; frame: Frame }) {
  const window = viewport.shownWindow.value;
  const table = tableName(frame, viewport.wishedWindow.value);
  const digits = windowDigits(window?.width ?? 100);
  const isGrey = frame.instance.samples === 1;
  const thickness = frame.instance.slice_thickness;
  const count = viewport.stack.value?.frames.length ?? 0;
  return (
    <div class="hv-corner hv-bottom-left">
      <span class="hv-slice">
        {t("Image {number} of {count}", { number: viewport.index.value + 1, count })}
        {thickness !== null && <span class="hv-thickness"> · {formatNumber(thickness, 1)} mm</span>}
      </span>
      {isGrey && table !== null && <span>{t(table)}</span>}
      {isGrey && table === null && window && (
        <span>
          {t("C {center} W {width}", {
            center: formatNumber(window.center, digits),
            width: formatNumber(window.width, digits),
          })}
        </span>
      )}
      <span>{zoomText(viewport)}</span>
    </div>
  );
}

function qualityText(viewport: ViewportModel): string {
  switch (viewport.quality.value) {
    case "none":
      return viewport.reason.value === null ? t("Loading…") : "";
    case "preview":
      return t("Preview");
    case "rendered":
      return t("Picture from the server");
    case "full":
      return t("Full quality");
  }
}

function Quality({ viewport, frame, saver }: { viewport: ViewportModel; frame: Frame; saver: DataSaver }) {
  const { lossy } = frame.instance;
  const ratio = lossy?.ratio ? ` ${formatNumber(lossy.ratio)}:1` : "";
  return (
    <div class="hv-corner hv-bottom-right">
      <Ruler viewport={viewport} frame={frame} />
      {lossy && <span class="hv-lossy">{t("Lossy original") + ratio}</span>}
      <span class={`hv-quality hv-quality-${viewport.quality.value}`}>{qualityText(viewport)}</span>
      <FullQualityButton viewport={viewport} frame={frame} saver={saver} />
    </div>
  );
}

function Ruler({ viewport, frame }: { viewport: ViewportModel; frame: Frame }) {
  const { spacing } = frame;
  if (!spacing) return null;
  const { zoom, rotation } = viewport.placement.value;
  const size = viewport.size.value;
  // one column is fitScale × zoom CSS pixels wide and spacing[1] millimetres long
  const perMillimetre = (fitScale(viewport.plane.value, size, rotation) * zoom) / spacing[1];
  const bar = scaleBar(perMillimetre, Math.min(140, size.width / 4));
  if (!bar) return null;
  const isCentimetres = bar.millimetres >= 10;
  const text = isCentimetres
    ? `${bar.millimetres / 10} cm`
    : `${formatNumber(bar.millimetres, bar.millimetres < 1 ? 1 : 0)} mm`;
  return (
    <span class="hv-ruler">
      <span>{text}</span>
      <i style={{ width: `${bar.length}px` }} />
    </span>
  );
}

function Letters({ viewport, frame }: { viewport: ViewportModel; frame: Frame }) {
  const { rotation, flip } = viewport.placement.value;
  const letters = edgeLetters(
    directionsOf(frame.orientation, frame.instance.patient_orientation),
    rotation,
    flip,
  );
  return <Edges letters={letters} />;
}

export function Corners({ viewport, workspace }: Props) {
  const study = useComputed(() => workspace.studyOf(viewport)).value;
  const stack = viewport.stack.value;
  const frame = viewport.frame.value;
  if (!study || !stack || !frame) return null;
  return (
    <div class="hv-corners">
      <Patient study={study} />
      <Examination
        study={study}
        stack={stack}
        frame={frame}
        isOther={workspace.priors.opened.value.has(study.id)}
      />
      <Adjustment viewport={viewport} frame={frame} />
      <Quality viewport={viewport} frame={frame} saver={workspace.store.saver} />
      <Letters viewport={viewport} frame={frame} />
    </div>
  );
}
