/** Saving, printing and the list of attributes; what the button opens is loaded when it is pressed. */

import { t } from "../i18n/translate";
import { firstKey } from "../tools/shortcuts";
import type { Workspace } from "../viewport/workspace";
import { keyText } from "./key_text";
import { lazy } from "./lazy";
import { togglePanel } from "./panels";
import { Popover } from "./popover";

const Panel = lazy(async () => (await import("../export/export_panel")).ExportPanel);

interface Props {
  workspace: Workspace;
}

export function ExportButton({ workspace }: Props) {
  return (
    <Popover icon="save" label={t("Save and print")}>
      {(close) => <Panel workspace={workspace} close={close} />}
    </Popover>
  );
}

/** For those who work here: a patient's link has no list of attributes. */
export function TagsButton({ workspace }: Props) {
  if (!workspace.isStaff) return null;
  return (
    <button
      type="button"
      class="hv-button"
      aria-label={t("DICOM attributes")}
      title={`${t("DICOM attributes")} (${keyText(firstKey("tags"))})`}
      aria-pressed={workspace.sidePanel.value === "tags"}
      onClick={() => togglePanel(workspace, "tags")}
    >
      <svg class="hv-icon" viewBox="0 0 24 24" aria-hidden="true">
        <path d="M4 4h8l8.5 8.5-8 8L4 12zM8 8h.01" />
      </svg>
    </button>
  );
}
