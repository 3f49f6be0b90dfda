/** Series dragged from the row of thumbnails into a viewport. */

import type { Stack } from "../stream/stack";
import type { ViewportModel } from "../viewport/model";
import type { Workspace } from "../viewport/workspace";

const KIND = "application/x-hoichan-series";

/** For the thumbnail. */
export function draggedFrom(stack: Stack) {
  return {
    draggable: true,
    onDragStart: (event: DragEvent) => {
      event.dataTransfer?.setData(KIND, stack.id);
      if (event.dataTransfer) event.dataTransfer.effectAllowed = "copy";
    },
  };
}

/** For the viewport. */
export function droppedOn(viewport: ViewportModel, workspace: Workspace) {
  const mark = (event: DragEvent, isOver: boolean) =>
    (event.currentTarget as HTMLElement).classList.toggle("hv-drop", isOver);
  return {
    onDragOver: (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes(KIND)) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = "copy";
      mark(event, true);
    },
    onDragLeave: (event: DragEvent) => mark(event, false),
    onDrop: (event: DragEvent) => {
      mark(event, false);
      const id = event.dataTransfer?.getData(KIND);
      const stack = workspace.stacks.peek().find((known) => known.id === id);
      if (!stack) return;
      event.preventDefault();
      workspace.activate(viewport);
      workspace.showStack(stack);
    },
  };
}
