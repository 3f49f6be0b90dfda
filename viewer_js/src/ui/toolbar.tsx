/** Tools, adjustments and layouts; every button runs a command of the keyboard. */

import type { Signal } from "@preact/signals";
import { t } from "../i18n/translate";
import { COMMANDS, type Command } from "../tools/commands";
import { TOOLS } from "../tools/registry";
import { firstKey, idOf } from "../tools/shortcuts";
import type { Tool } from "../tools/tool";
import type { Workspace } from "../viewport/workspace";
import { ExportButton, TagsButton } from "./export_button";
import { Foldable } from "./foldable";
import { Icon, type IconName } from "./icons";
import { keyText } from "./key_text";
import { LayoutButton } from "./layout_button";
import { MeasureButton } from "./measure_button";
import { MeterButton } from "./meter_button";
import { ObjectsButton } from "./objects_button";
import { PictureButton } from "./picture_button";
import { VolumeButton } from "./volume_button";
import { WindowButton } from "./window_button";

function withKey(name: string, key: string): string {
  return key ? `${name} (${keyText(key)})` : name;
}

function ToolButton({ tool, workspace }: { tool: Tool; workspace: Workspace }) {
  const name = t(tool.name);
  return (
    <button
      type="button"
      class="hv-button"
      aria-pressed={workspace.toolId.value === tool.id}
      aria-label={name}
      title={withKey(name, firstKey(`tool-${tool.id}`))}
      onClick={() => workspace.chooseTool(tool.id)}
    >
      <Icon name={tool.icon} />
    </button>
  );
}

function command(key: string, control = false): Command {
  const found = COMMANDS.find((known) => known.keys.includes(key) && (known.control ?? false) === control);
  if (!found) throw new Error(`no command has the key ${key}`);
  return found;
}

interface ActionProps {
  icon: IconName;
  of: Command;
  workspace: Workspace;
  pressed?: boolean;
  disabled?: boolean;
}

function Action({ icon, of, workspace, pressed, disabled = false }: ActionProps) {
  const name = t(of.name);
  const key = firstKey(idOf(of));
  return (
    <button
      type="button"
      class="hv-button"
      aria-label={name}
      title={withKey(name, key)}
      disabled={disabled}
      {...(pressed === undefined ? {} : { "aria-pressed": pressed })}
      onClick={() => of.run(workspace)}
    >
      <Icon name={icon} />
    </button>
  );
}

/** Last, so that these are the first to be folded away where room is short. */
const TURNS: readonly (readonly [string, IconName])[] = [
  ["r", "rotate"],
  ["h", "flip"],
  ["v", "flip_v"],
];
const FIT = command("f");
const INVERT = command("i");
const RESET = command("x");
const PLAY = command(" ");

function HelpButton({ help }: { help: Signal<boolean> }) {
  const name = t("Keys and gestures");
  return (
    <button
      type="button"
      class="hv-button"
      aria-label={name}
      title={withKey(name, "?")}
      onClick={() => {
        help.value = true;
      }}
    >
      <Icon name="help" />
    </button>
  );
}

export function Toolbar({ workspace, help }: { workspace: Workspace; help: Signal<boolean> }) {
  const isPlaying = workspace.cine.isPlaying.value;
  const frames = workspace.active.value.stack.value?.frames.length ?? 0;
  return (
    <Foldable workspace={workspace}>
      <fieldset class="hv-group" aria-label={t("Tools")}>
        {TOOLS.filter(({ makesMarks }) => !makesMarks).map((tool) => (
          <ToolButton key={tool.id} tool={tool} workspace={workspace} />
        ))}
      </fieldset>
      <WindowButton workspace={workspace} />
      <MeasureButton workspace={workspace} />
      <LayoutButton workspace={workspace} />
      <VolumeButton workspace={workspace} />
      <ObjectsButton workspace={workspace} />
      <fieldset class="hv-group" aria-label={t("Picture")}>
        <Action icon="fit" of={FIT} workspace={workspace} />
        <Action
          icon="invert"
          of={INVERT}
          workspace={workspace}
          pressed={workspace.active.value.invert.value}
        />
        <Action icon="reset" of={RESET} workspace={workspace} />
        <PictureButton workspace={workspace} />
      </fieldset>
      <fieldset class="hv-group" aria-label={t("More")}>
        <Action
          icon={isPlaying ? "pause" : "play"}
          of={PLAY}
          workspace={workspace}
          pressed={isPlaying}
          disabled={frames < 2}
        />
        <HelpButton help={help} />
      </fieldset>
      <ExportButton workspace={workspace} />
      <TagsButton workspace={workspace} />
      <MeterButton workspace={workspace} />
      <fieldset class="hv-group" aria-label={t("Turn and mirror")}>
        {TURNS.map(([key, icon]) => (
          <Action key={key} icon={icon} of={command(key)} workspace={workspace} />
        ))}
      </fieldset>
    </Foldable>
  );
}
