/** Ties the gestures of one viewport to the workspace. */

import type { AnnotationKind } from "../annotations/model";
import { toggleEnlarged } from "../tools/commands_layout";
import { Gestures } from "../tools/gestures";
import { LateKeyboard } from "../tools/late_keyboard";
import { markHands } from "../tools/mark_hands";
import { toolOf } from "../tools/registry";
import type { ToolPoint } from "../tools/tool";
import { Glide } from "../viewport/glide";
import type { ViewportModel } from "../viewport/model";
import type { Workspace } from "../viewport/workspace";
import { attachCursor } from "./attach_cursor";

/** What the chosen tool draws. */
function drawnKind(workspace: Workspace): AnnotationKind | null {
  const { id, makesMarks } = toolOf(workspace.toolId.peek());
  return makesMarks ? (id as AnnotationKind) : null;
}

function showPointer(workspace: Workspace, viewport: ViewportModel, point: ToolPoint | null): void {
  const frame = viewport.frame.peek();
  if (!frame || !point) {
    workspace.pointer.value = null;
    return;
  }
  const { sop_instance_uid } = frame.instance;
  const [x, y] = point.image;
  workspace.pointer.value = { study_id: frame.studyId, sop_instance_uid, frame_number: frame.number, x, y };
}

function doubleClicked(workspace: Workspace, viewport: ViewportModel, at: ToolPoint): void {
  const { desk } = workspace;
  const mark = markHands.peek()?.markAt({ viewport, desk }, at)?.annotation;
  if (mark && desk.isOwn(mark) && ["arrow", "spine_label", "text"].includes(mark.kind))
    desk.typing.value = mark;
  else if (!drawnKind(workspace)) enlargedOrFitted(workspace, viewport);
}

/** Of several viewports this one alone, and back; a single one is fitted. */
function enlargedOrFitted(workspace: Workspace, viewport: ViewportModel): void {
  const isAlone = workspace.shownViewports.peek().length < 2 && !workspace.enlarged.peek();
  if (isAlone) viewport.fit();
  else toggleEnlarged(workspace);
}

export function attachGestures(
  element: HTMLElement,
  viewport: ViewportModel,
  workspace: Workspace,
): () => void {
  const context = { viewport, desk: workspace.desk };
  const glide = new Glide((images) => viewport.scrollBy(images));
  const keyboard = new LateKeyboard(context);
  const gestures = new Gestures(element, {
    context,
    tool: () => toolOf(workspace.toolId.peek()),
    activate: () => workspace.activate(viewport),
    hover: (point) => showPointer(workspace, viewport, point),
    doubleClick: (point) => doubleClicked(workspace, viewport, point),
    wheel: (images) => glide.by(images),
  });
  const onKey = (event: KeyboardEvent) => {
    const isCancelled = event.key === "Escape" && gestures.cancel();
    if (!isCancelled && !keyboard.handle(event, drawnKind(workspace))) return;
    event.preventDefault();
    event.stopPropagation();
  };
  const detachCursor = attachCursor(element, viewport, workspace);
  element.addEventListener("keydown", onKey);
  return () => {
    element.removeEventListener("keydown", onKey);
    detachCursor();
    gestures.stop();
    glide.stop();
  };
}
