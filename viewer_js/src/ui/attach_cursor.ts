/** The 3D cursor: Shift and moving over an image, or pressing with its tool, shows the point in all viewports. */

import { apply, inverted } from "../viewport/geometry";
import type { ViewportModel } from "../viewport/model";
import type { Workspace } from "../viewport/workspace";

const LEFT = 1;

export function attachCursor(
  element: HTMLElement,
  viewport: ViewportModel,
  workspace: Workspace,
): () => void {
  const listening = new AbortController();
  const { signal } = listening;
  const show = (event: PointerEvent) => {
    const isTool = workspace.toolId.peek() === "cursor" && (event.buttons & LEFT) !== 0;
    const isHeld = event.shiftKey && event.buttons === 0 && event.pointerType !== "touch";
    if (!isTool && !isHeld) return;
    workspace.activate(viewport);
    const box = element.getBoundingClientRect();
    const at = [event.clientX - box.left, event.clientY - box.top] as const;
    workspace.guides.pointAt(viewport, apply(inverted(viewport.toScreen.peek()), at));
  };
  element.addEventListener("pointerdown", show, { signal });
  element.addEventListener("pointermove", show, { signal });
  return () => listening.abort();
}
