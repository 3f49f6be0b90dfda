/** Opens the panel of key images and objects. */

import { t } from "../i18n/translate";
import type { Workspace } from "../viewport/workspace";
import { Icon } from "./icons";
import { togglePanel } from "./panels";

export function ObjectsButton({ workspace }: { workspace: Workspace }) {
  const name = t("Key images and objects");
  return (
    <button
      type="button"
      class="hv-button"
      aria-label={name}
      title={`${name} (j)`}
      aria-pressed={workspace.sidePanel.value === "objects"}
      onClick={() => togglePanel(workspace, "objects")}
    >
      <Icon name="objects" />
    </button>
  );
}
