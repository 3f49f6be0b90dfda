/** What the first image does not need and the next minute will: fetched once the image is drawn, so that no press waits. */

import { effect } from "@preact/signals";
import { Later } from "../api/later";
import { markHands } from "../tools/mark_hands";
import { pictureHands } from "../tools/picture_hands";
import { following } from "../viewport/links";
import type { Workspace } from "../viewport/workspace";
import { LATE_VIEWS } from "./late_views";
import { MeasureMenu } from "./measure_button";
import { WindowChoices } from "./window_button";

/** The line is the images' for so long after the first. */
const REST_MS = 300;
const places = new Later(() => import("../viewport/keeping_place"));

export function fetchAfterwards(workspace: Workspace, keepsPlace = false): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const fetchAll = () => {
    for (const part of [markHands, pictureHands, following, WindowChoices, MeasureMenu, ...LATE_VIEWS])
      part.want();
    if (keepsPlace) places.use(({ keepPlace }) => stops.push(keepPlace(workspace)));
  };
  const stops = [
    () => clearTimeout(timer),
    effect(() => {
      const isDrawn = workspace.shownViewports.value.some(({ shown }) => shown.value !== null);
      if (isDrawn) timer ??= setTimeout(fetchAll, REST_MS);
    }),
  ];
  // the browser has the file from the time before
  if (keepsPlace && wasHere()) places.use(({ restorePlace }) => stops.push(restorePlace(workspace)));
  return () => {
    for (const stop of stops) stop();
  };
}

/** The page was loaded again, or one came back to it. */
function wasHere(): boolean {
  const [how] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  return how !== undefined && how.type !== "navigate";
}
