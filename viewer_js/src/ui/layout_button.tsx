/** Grid, tiles and links: the button is here at once, what it opens when it is pressed. */

import { t } from "../i18n/translate";
import type { Workspace } from "../viewport/workspace";
import { lazy } from "./lazy";
import { Popover } from "./popover";

const Panel = lazy(async () => (await import("./layout_panel")).LayoutPanel);

export function LayoutButton({ workspace }: { workspace: Workspace }) {
  const { rows, columns } = workspace.layout.value;
  const icon = rows * columns === 1 ? "layout1" : rows === 1 ? "layout2" : "layout4";
  return (
    <Popover icon={icon} label={t("Viewports")}>
      {(close) => <Panel workspace={workspace} close={close} />}
    </Popover>
  );
}
