/** What the first image does not need and the next minute will: fetched once the image is drawn, so that no press waits. */

import { effect } from "@preact/signals";
import { markHands } from "../tools/mark_hands";
import { pictureHands } from "../tools/picture_hands";
import { following } from "../viewport/links";
import type { Workspace } from "../viewport/workspace";
import { LATE_VIEWS } from "./late_views";
import { MeasureMenu } from "./measure_button";
import { WindowChoices } from "./window_button";

/** The line is the images' for so long after the first. */
const REST_MS = 300;

export function fetchAfterwards(workspace: Workspace): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = effect(() => {
    const isDrawn = workspace.shownViewports.value.some(({ shown }) => shown.value !== null);
    if (isDrawn) timer ??= setTimeout(fetchAll, REST_MS);
  });
  return () => {
    stop();
    clearTimeout(timer);
  };
}

function fetchAll(): void {
  for (const part of [markHands, pictureHands, following, WindowChoices, MeasureMenu, ...LATE_VIEWS])
    part.want();
}
