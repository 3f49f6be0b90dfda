/** From a document to the image it speaks of: beside the document where there is room. */

import { batch } from "@preact/signals";
import type { ImagePlace } from "../stream/stack";
import type { ViewportModel } from "../viewport/model";
import type { Workspace } from "../viewport/workspace";

const ROOM_FOR_TWO = 720;

function otherThan(workspace: Workspace, viewport: ViewportModel): ViewportModel | undefined {
  const shown = workspace.shownViewports.peek().filter((one) => one !== viewport);
  return shown.find((one) => one.stack.peek()?.frames.length) ?? shown[0];
}

/** false: the image is not among what is open here. */
export function showImage(workspace: Workspace, viewport: ViewportModel, place: ImagePlace): boolean {
  if (!workspace.frameOf(place)) return false;
  batch(() => {
    const isAlone = workspace.shownViewports.peek().length < 2;
    if (isAlone && innerWidth >= ROOM_FOR_TWO) workspace.setLayout({ rows: 1, columns: 2 });
    workspace.activate(otherThan(workspace, viewport) ?? viewport);
    workspace.showPlace(place);
  });
  return true;
}
