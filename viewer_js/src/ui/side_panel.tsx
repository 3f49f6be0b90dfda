/** The open panel at the right of the stage; on a phone a sheet from below. Escape closes it. */

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { sentenceOf } from "../api/http";
import { fetched } from "../i18n/fetched";
import { t } from "../i18n/translate";
import type { Workspace } from "../viewport/workspace";
import { Icon } from "./icons";
import { PANELS, type Panel, type PanelComponent } from "./panels";
import "./side_panel.css";

function OpenPanel({ panel, workspace }: { panel: Panel; workspace: Workspace }) {
  const content = useSignal<PanelComponent | null>(null);
  const problem = useSignal("");
  const root = useRef<HTMLElement>(null);
  const close = () => {
    workspace.sidePanel.value = null;
  };
  useEffect(() => {
    const before = document.activeElement;
    root.current?.focus();
    fetched(panel.load).then(
      (loaded) => {
        content.value = loaded;
      },
      (error: unknown) => {
        problem.value = sentenceOf(error);
      },
    );
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, [panel, content, problem]);
  const Content = content.value;
  return (
    <aside
      ref={root}
      class="hv-side"
      tabIndex={-1}
      aria-label={t(panel.name)}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || event.defaultPrevented) return;
        event.stopPropagation();
        close();
      }}
    >
      <header>
        <h2>{t(panel.name)}</h2>
        <button type="button" class="hv-button" aria-label={t("Close")} title={t("Close")} onClick={close}>
          <Icon name="close" />
        </button>
      </header>
      <div class="hv-side-content">
        {Content ? <Content workspace={workspace} /> : <p role="status">{problem.value || t("Loading…")}</p>}
      </div>
    </aside>
  );
}

export function SidePanel({ workspace }: { workspace: Workspace }) {
  const panel = PANELS.find(({ id }) => id === workspace.sidePanel.value);
  return panel ? <OpenPanel key={panel.id} panel={panel} workspace={workspace} /> : null;
}
