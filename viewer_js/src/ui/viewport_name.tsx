/** What a viewport is called by a screen reader: "CT, series 3, image 12 of 150", said anew when the scrolling rests. */

import { useSignal, useSignalEffect } from "@preact/signals";
import { t } from "../i18n/translate";
import type { ViewportModel } from "../viewport/model";
import type { Workspace } from "../viewport/workspace";

interface Props {
  viewport: ViewportModel;
  workspace: Workspace;
  /** of the element whose text is the name */
  id: string;
}

const REST_MS = 400;

/** A viewport alone has no number; a series may have none. */
export function nameOf(viewport: ViewportModel, workspace: Workspace): string {
  const stack = viewport.stack.value;
  const place = t("Viewport {number}", { number: workspace.viewports.indexOf(viewport) + 1 });
  if (!stack) return place;
  const { modality, number } = stack.series;
  const image = { number: viewport.index.value + 1, count: stack.frames.length };
  return [
    workspace.shownViewports.value.length > 1 ? place : "",
    modality,
    number === null ? "" : t("series {number}", { number }),
    stack.frames.length > 0 ? t("image {number} of {count}", image) : "",
  ]
    .filter(Boolean)
    .join(", ");
}

export function ViewportName({ viewport, workspace, id }: Props) {
  const said = useSignal("");
  useSignalEffect(() => {
    const name = nameOf(viewport, workspace);
    if (said.peek() === "") said.value = name;
    const timer = setTimeout(() => {
      said.value = name;
    }, REST_MS);
    return () => clearTimeout(timer);
  });
  const isActive = workspace.active.value === viewport;
  return (
    <span id={id} class="hv-unseen" aria-live={isActive ? "polite" : "off"}>
      {said.value}
    </span>
  );
}
