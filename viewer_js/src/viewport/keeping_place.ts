/**
 * What stands on a page is there again when it is loaded again: a phone drops the pages it has no memory for. It lies in
 * the tab alone; a page that is opened anew hangs by its rules.
 */

import { batch, effect, untracked } from "@preact/signals";
import type { View } from "../api/viewer_app";
import { locate, type OpenStudy } from "../stream/stack";
import type { Grid } from "./layouts";
import type { ViewportModel } from "./model";
import type { Workspace } from "./workspace";

interface Place {
  readonly grid: Grid;
  readonly active: number;
  readonly tiled: boolean;
  /** of each viewport; null: empty */
  readonly views: readonly (View | null)[];
}

function name(): string {
  return `hoichan:place:1:${location.pathname}`;
}

/** Whenever it may be the last moment, until stopped: browsers tell of nothing later than being hidden. */
export function keepPlace(workspace: Workspace): () => void {
  const keep = () => {
    const place: Place = {
      grid: workspace.layout.peek(),
      active: workspace.activeIndex.peek(),
      tiled: workspace.tiling.isOn.peek(),
      views: workspace.viewports.map((viewport) => viewOf(workspace, viewport)),
    };
    try {
      sessionStorage.setItem(name(), JSON.stringify(place));
    } catch {
      // forbidden or full: the page opens by its rules again
    }
  };
  const hidden = () => document.hidden && keep();
  addEventListener("pagehide", keep);
  document.addEventListener("visibilitychange", hidden);
  return () => {
    removeEventListener("pagehide", keep);
    document.removeEventListener("visibilitychange", hidden);
  };
}

/** An image's own window is left to it: it may have a table, or one for every image. */
function viewOf({ active, planes }: Workspace, viewport: ViewportModel): View | null {
  const view = viewport.view();
  if (!view) return null;
  const shown = viewport === active.peek() ? (planes.open.peek()?.view() ?? null) : null;
  return { ...view, window: viewport.window.peek() && view.window, planes: shown };
}

/** Each study's part once it is open, earlier studies too; until stopped. */
export function restorePlace(workspace: Workspace): () => void {
  const place = kept();
  if (!place) return () => {};
  const left = new Map<string, { view: View; at: number }[]>();
  place.views.forEach((view, at) => {
    if (view) left.set(view.study_id, [...(left.get(view.study_id) ?? []), { view, at }]);
  });
  const show = (study: OpenStudy) => {
    for (const { view, at } of left.get(study.id) ?? []) showAt(workspace, study, view, at);
    left.delete(study.id);
  };
  let isFirst = true;
  const arrange = (studies: readonly OpenStudy[]) => {
    if (isFirst) arrangeAs(workspace, place);
    isFirst = false;
    for (const study of studies) show(study);
  };
  const stopShowing = effect(() => {
    const studies = workspace.studies.value;
    if (studies.length > 0) untracked(() => batch(() => arrange(studies)));
  });
  const stopOpening = effect(() => {
    for (const { id } of workspace.priors.list.value ?? [])
      if (left.has(id)) untracked(() => void workspace.opening.open(id));
  });
  return () => {
    stopShowing();
    stopOpening();
  };
}

function kept(): Place | null {
  try {
    return JSON.parse(sessionStorage.getItem(name()) ?? "null");
  } catch {
    return null; // forbidden, or not ours
  }
}

function arrangeAs(workspace: Workspace, { grid, active, tiled }: Place): void {
  workspace.setLayout(grid);
  workspace.activeIndex.value = active;
  workspace.tiling.isOn.value = tiled;
}

function showAt({ viewports, active, planes }: Workspace, study: OpenStudy, view: View, at: number): void {
  const found = locate([study], view);
  const viewport = viewports[at];
  if (!found || !viewport) return;
  viewport.apply(view, found.stack, found.index);
  if (viewport === active.peek() && view.planes) planes.show(found.stack, view.planes);
}
