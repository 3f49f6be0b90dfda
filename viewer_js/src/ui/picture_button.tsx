/** Opens the panel of colours, filters, sizes, the film and the presets. */

import { t } from "../i18n/translate";
import type { Workspace } from "../viewport/workspace";
import { togglePanel } from "./panels";

/** A palette. */
const ICON =
  "M12 3a9 9 0 1 0 0 18c1.5 0 2-1 1.6-2.2-.5-1.6.6-2.8 2.2-2.8H18a3 3 0 0 0 3-3c0-5.5-4-10-9-10zM7.5 11h.01M10 7.5h.01M14.5 7.5h.01M17 11h.01";

export function PictureButton({ workspace }: { workspace: Workspace }) {
  const name = t("Picture, size and film");
  return (
    <button
      type="button"
      class="hv-button"
      aria-label={name}
      title={`${name} (Shift I)`}
      aria-pressed={workspace.sidePanel.value === "picture"}
      onClick={() => togglePanel(workspace, "picture")}
    >
      <svg class="hv-icon" viewBox="0 0 24 24" aria-hidden="true">
        <path d={ICON} />
      </svg>
    </button>
  );
}
