/** All tools that draw marks, in their groups. */

import { t } from "../i18n/translate";
import { MARK_GROUPS } from "../tools/marking";
import type { Tool } from "../tools/tool";
import type { Workspace } from "../viewport/workspace";
import { Icon } from "./icons";
import "./marks.css";
import { keyOfTool } from "./measure_button";

interface Props {
  workspace: Workspace;
  close: () => void;
}

function ToolItem({ tool, workspace, close }: Props & { tool: Tool }) {
  return (
    <button
      type="button"
      class="hv-menu-item"
      aria-pressed={workspace.toolId.value === tool.id}
      onClick={() => {
        workspace.chooseTool(tool.id);
        close();
      }}
    >
      <Icon name={tool.icon} />
      <span>{t(tool.name)}</span>
      <kbd>{keyOfTool(tool)}</kbd>
    </button>
  );
}

export function MeasureMenu({ workspace, close }: Props) {
  return (
    <div class="hv-measure">
      {MARK_GROUPS.map(({ name, tools }) => (
        <fieldset key={name}>
          <legend>{t(name)}</legend>
          {tools.map((tool) => (
            <ToolItem key={tool.id} tool={tool} workspace={workspace} close={close} />
          ))}
        </fieldset>
      ))}
    </div>
  );
}
