/** The viewer's frame: thumbnails, toolbar, viewports, and what has to be said over them. */

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../i18n/translate";
import { markHands } from "../tools/mark_hands";
import { commandFor } from "../tools/shortcuts";
import { ONE } from "../viewport/layouts";
import type { Workspace } from "../viewport/workspace";
import { EndedNotice } from "./ended_notice";
import { Help, LateSidePanel } from "./late_views";
import type { PageKeys } from "./shortcuts";
import { Thumbnails } from "./thumbnails";
import { Toolbar } from "./toolbar";
import { ViewportView } from "./viewport_view";

/** Letters typed into a field, a list or a dialog are not commands. */
function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof Element && target.closest("input, textarea, select, dialog, [contenteditable]") !== null
  );
}

/** Keys that a focused button needs for itself. */
function belongsToButton({ key, target }: KeyboardEvent): boolean {
  return key === " " && target instanceof Element && target.closest("button, a, summary") !== null;
}

function useKeyboard(workspace: Workspace, showHelp: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (
        event.defaultPrevented ||
        event.altKey ||
        workspace.desk.typing.peek() ||
        isTyping(event.target) ||
        belongsToButton(event)
      )
        return;
      if (event.key === "?") showHelp();
      else {
        const command = commandFor(event);
        if (!command) return;
        command.run(workspace);
      }
      event.preventDefault();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [workspace, showHelp]);
}

function LineState({ workspace }: { workspace: Workspace }) {
  const isBroken = workspace.store.line.broken.value;
  const count = workspace.desk.unsaved.value.size;
  return (
    <div class="hv-line-state" role="status">
      {count > 0 && (
        <span>{t("Not saved yet: {count} marks. They are sent when the line is back.", { count })}</span>
      )}
      {count === 0 && isBroken && <span>{t("The line is broken. Trying again…")}</span>}
    </div>
  );
}

function Message({ workspace }: { workspace: Workspace }) {
  const message = workspace.message.value;
  return (
    <div class="hv-message" role="status">
      {message !== null && <span>{message}</span>}
    </div>
  );
}

/** The first stop of the Tab key: past some forty tools to the picture. */
function ToThePicture() {
  const root = useRef<HTMLButtonElement>(null);
  const go = () =>
    root.current
      ?.closest(".hv-frame")
      ?.querySelector<HTMLElement>(".hv-active .hv-surface, .hv-surface")
      ?.focus();
  return (
    <button ref={root} type="button" class="hv-plain hv-to-picture" onClick={go}>
      {t("To the picture")}
    </button>
  );
}

/** Tells a screen reader which mark is selected. */
function SelectedMark({ workspace }: { workspace: Workspace }) {
  const mark = workspace.desk.selected.value;
  const frame = mark && workspace.frameOf(mark);
  const hands = markHands.here;
  const text =
    hands && mark && frame ? [mark.author.name, ...hands.labelOf(mark, hands.rulerOf(frame))].join(", ") : "";
  return (
    <div class="hv-unseen" role="status">
      {text}
    </div>
  );
}

/** Rows and columns of the viewports. */
function stageStyle(workspace: Workspace): Record<string, number> {
  const { rows, columns } = workspace.enlarged.value ? ONE : workspace.layout.value;
  return { "--hv-rows": rows, "--hv-columns": columns };
}

export function App({ workspace, keys }: { workspace: Workspace; keys: PageKeys }) {
  const help = useSignal(false);
  useKeyboard(workspace, () => {
    help.value = true;
  });
  const ending = workspace.studies.value.length === 0 ? workspace.ended.why.value : null;
  if (ending !== null) return <EndedNotice why={ending} />;
  const isEmpty = workspace.stacks.value.length === 0;
  return (
    <div class="hv-frame">
      <ToThePicture />
      <Toolbar workspace={workspace} help={help} />
      <Thumbnails workspace={workspace} />
      <div class="hv-stage" style={stageStyle(workspace)}>
        {workspace.shownViewports.value.map((viewport) => (
          <ViewportView
            key={workspace.viewports.indexOf(viewport)}
            viewport={viewport}
            workspace={workspace}
          />
        ))}
        {isEmpty && (
          <p class="hv-empty">
            {workspace.studies.value.length > 0 ? t("No images yet.") : t("No images are open to you here.")}
          </p>
        )}
        <LineState workspace={workspace} />
        <Message workspace={workspace} />
        <SelectedMark workspace={workspace} />
      </div>
      <LateSidePanel workspace={workspace} />
      <Help open={help} keys={keys} />
    </div>
  );
}
