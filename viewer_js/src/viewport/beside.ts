/** An earlier study opened beside: where there is room, and what is read stays on the screen. */

import { batch } from "@preact/signals";
import { cellsOf } from "./layouts";
import type { ViewportModel } from "./model";
import { isNarrow } from "./opening";
import { counterpart } from "./priors";
import type { Workspace } from "./workspace";

export async function openBeside(workspace: Workspace, id: string): Promise<void> {
  // opening fills empty viewports: where there was room must be known before
  const room = new Set(workspace.viewports.filter(({ stack }) => !stack.peek()));
  const read = workspace.active.peek().stack.peek() ?? shownOfFirst(workspace)[0]?.stack.peek() ?? null;
  const study = await workspace.opening.open(id);
  const wanted = study && counterpart(study.stacks, read);
  if (!wanted) return;
  batch(() => {
    if (isNarrow()) {
      workspace.showStack(wanted);
      return;
    }
    if (cellsOf(workspace.layout.peek()) < 2) workspace.setLayout({ rows: 1, columns: 2 });
    workspace.enlarged.value = false;
    const place = placeBeside(workspace, room);
    for (const viewport of workspace.shownViewports.peek())
      if (viewport !== place && room.has(viewport) && viewport.stack.peek() === wanted) viewport.clear();
    place?.show(wanted);
  });
}

function shownOfFirst({ shownViewports, opening }: Workspace): readonly ViewportModel[] {
  return shownViewports.peek().filter(({ stack }) => stack.peek()?.studyId === opening.first);
}

/** The active viewport if it was empty, else the next empty one, else the next that can be spared. */
function placeBeside(workspace: Workspace, room: ReadonlySet<ViewportModel>): ViewportModel | undefined {
  const shown = workspace.shownViewports.peek();
  const active = workspace.active.peek();
  const at = shown.indexOf(active);
  const following = [...shown.slice(at + 1), ...shown.slice(0, at)];
  const read = shownOfFirst(workspace);
  return (
    [active, ...following].find((viewport) => room.has(viewport)) ??
    [...following, active].find((viewport) => read.length !== 1 || read[0] !== viewport)
  );
}
