/** The window's button is here at once, presets and numbers come after the first image. */

import { t } from "../i18n/translate";
import type { Workspace } from "../viewport/workspace";
import { lazy } from "./lazy";
import { Popover } from "./popover";

export const WindowChoices = lazy(async () => (await import("./window_panel")).WindowPanel);

export function WindowButton({ workspace }: { workspace: Workspace }) {
  const viewport = workspace.active.value;
  const isGrey = viewport.frame.value?.instance.samples === 1;
  return (
    <Popover
      icon="sliders"
      label={t("Window presets and numbers")}
      text={t("Window presets")}
      disabled={!isGrey}
    >
      {(close) => <WindowChoices viewport={viewport} close={close} />}
    </Popover>
  );
}
