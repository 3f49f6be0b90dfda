/** All tools that draw marks behind one button, the one used last beside it; and what is done with marks as a whole. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { t } from "../i18n/translate";
import { COMMANDS, type Command } from "../tools/commands";
import { MARK_COMMANDS } from "../tools/commands_marks";
import { MARK_TOOLS } from "../tools/marking";
import { keymap, keysIn } from "../tools/shortcuts";
import type { Tool } from "../tools/tool";
import type { Workspace } from "../viewport/workspace";
import { Icon, type IconName } from "./icons";
import { keyText } from "./key_text";
import { lazy } from "./lazy";
import { Popover } from "./popover";

export const MeasureMenu = lazy(async () => (await import("./measure_menu")).MeasureMenu);

interface Props {
  workspace: Workspace;
}

/** The first key of a command as this person has set it; empty: it has none. */
function keyOf(command: Command | undefined): string {
  const [key] = command ? keysIn(keymap(), command) : [];
  return key ? keyText(key) : "";
}

export function keyOfTool(tool: Tool): string {
  return keyOf(COMMANDS.find(({ id }) => id === `tool-${tool.id}`));
}

function titled(name: string, key: string): string {
  return key ? `${name} (${key})` : name;
}

function named(name: string): Command {
  const found = MARK_COMMANDS.find((command) => command.name === name);
  if (!found) throw new Error(`no command is called ${name}`);
  return found;
}

const [DELETE, UNDO, REDO, HIDE, LIST] = [
  "Delete the selected mark",
  "Undo",
  "Redo",
  "Hide or show all marks",
  "List of marks",
].map(named) as [Command, Command, Command, Command, Command];

/** The tool used last is a press away, the others two. */
function LastTool({ workspace }: Props) {
  const last = useSignal(MARK_TOOLS[0] as Tool);
  const chosen = MARK_TOOLS.find(({ id }) => id === workspace.toolId.value);
  useEffect(() => {
    if (chosen) last.value = chosen;
  }, [chosen, last]);
  const tool = chosen ?? last.value;
  return (
    <button
      type="button"
      class="hv-button"
      aria-pressed={chosen !== undefined}
      aria-label={t(tool.name)}
      title={titled(t(tool.name), keyOfTool(tool))}
      onClick={() => workspace.chooseTool(tool.id)}
    >
      <Icon name={tool.icon} />
    </button>
  );
}

interface ActionProps extends Props {
  icon: IconName;
  of: Command;
  disabled?: boolean;
  pressed?: boolean;
}

function Action({ icon, of, workspace, disabled = false, pressed }: ActionProps) {
  const name = t(of.name);
  return (
    <button
      type="button"
      class="hv-button"
      aria-label={name}
      title={titled(name, keyOf(of))}
      disabled={disabled}
      {...(pressed === undefined ? {} : { "aria-pressed": pressed })}
      onClick={() => of.run(workspace)}
    >
      <Icon name={icon} />
    </button>
  );
}

/** Whoever may not draw may still look for marks and hide them. */
export function MeasureButton({ workspace }: Props) {
  const { desk } = workspace;
  const selected = desk.selected.value;
  const hasMarks = desk.all.value.length > 0;
  if (!desk.canWrite && !hasMarks) return null;
  return (
    <>
      {desk.canWrite && (
        <>
          <div class="hv-group">
            <LastTool workspace={workspace} />
          </div>
          <Popover icon="ruler" label={t("Measure and mark")} text={t("Measure")}>
            {(close) => <MeasureMenu workspace={workspace} close={close} />}
          </Popover>
        </>
      )}
      <fieldset class="hv-group" aria-label={t("Marks")}>
        {desk.canWrite && (
          <>
            <Action
              icon="trash"
              of={DELETE}
              workspace={workspace}
              disabled={!selected || !desk.isOwn(selected)}
            />
            <Action icon="undo" of={UNDO} workspace={workspace} disabled={desk.undoable.value === 0} />
            <Action icon="redo" of={REDO} workspace={workspace} disabled={desk.redoable.value === 0} />
          </>
        )}
        {hasMarks && (
          <Action
            icon={desk.hidden.value ? "eye_off" : "eye"}
            of={HIDE}
            workspace={workspace}
            pressed={desk.hidden.value}
          />
        )}
        <Action icon="list" of={LIST} workspace={workspace} pressed={workspace.sidePanel.value === "marks"} />
      </fieldset>
    </>
  );
}
