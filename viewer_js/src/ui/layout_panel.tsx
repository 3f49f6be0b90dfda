/** What the layout's button opens: a grid to choose rows and columns from, tiles, links, lines. */

import { useSignal } from "@preact/signals";
import { t } from "../i18n/translate";
import { LAYOUT_COMMANDS } from "../tools/commands_layout";
import { idOf, keymap, keysIn } from "../tools/shortcuts";
import { type Grid, MOST_ROWS, sameGrid } from "../viewport/layouts";
import type { Workspace } from "../viewport/workspace";
import { keyText } from "./key_text";
import "./layout_panel.css";

const SIDE = Array.from({ length: MOST_ROWS }, (_, i) => i + 1);

function isWithin(rows: number, columns: number, grid: Grid): boolean {
  return rows <= grid.rows && columns <= grid.columns;
}

function GridPicker({ workspace, close }: { workspace: Workspace; close: () => void }) {
  const meant = useSignal<Grid | null>(null);
  const shown = meant.value ?? workspace.layout.value;
  return (
    <fieldset
      class="hv-grid-picker"
      aria-label={t("Rows and columns")}
      onPointerLeave={() => {
        meant.value = null;
      }}
    >
      {SIDE.map((rows) =>
        SIDE.map((columns) => (
          <button
            key={`${rows}x${columns}`}
            type="button"
            class={isWithin(rows, columns, shown) ? "hv-meant" : ""}
            aria-label={t("{rows} rows, {columns} columns", { rows, columns })}
            aria-pressed={sameGrid({ rows, columns }, workspace.layout.value)}
            data-first={sameGrid({ rows, columns }, workspace.layout.value) || undefined}
            onPointerEnter={() => {
              meant.value = { rows, columns };
            }}
            onFocus={() => {
              meant.value = { rows, columns };
            }}
            onClick={() => {
              workspace.setLayout({ rows, columns });
              close();
            }}
          />
        )),
      )}
      <output>{`${shown.rows} × ${shown.columns}`}</output>
    </fieldset>
  );
}

/** Which of the commands are on. */
function states(workspace: Workspace): Record<string, boolean> {
  const { links, tiling, guides } = workspace;
  return {
    enlarge: workspace.enlarged.value,
    tiles: tiling.isOn.value,
    "link-scroll": links.scroll.value,
    "link-window": links.window.value,
    "link-zoom": links.zoom.value,
    "reference-lines": guides.lines.value,
    "cursor-3d": guides.hasCursor.value,
  };
}

export function LayoutPanel({ workspace, close }: { workspace: Workspace; close: () => void }) {
  const isOn = states(workspace);
  return (
    <>
      <GridPicker workspace={workspace} close={close} />
      {LAYOUT_COMMANDS.filter((command) => idOf(command) in isOn).map((command) => (
        <button
          key={idOf(command)}
          type="button"
          class="hv-menu-item hv-switch"
          aria-pressed={isOn[idOf(command)] ?? false}
          onClick={() => command.run(workspace)}
        >
          <i aria-hidden="true" />
          <span>{t(command.name)}</span>
          <kbd>{keysIn(keymap(), command).map(keyText)[0] ?? ""}</kbd>
        </button>
      ))}
      {workspace.opening.hasPriors && (
        <a class="hv-menu-item" href="/hanging" target="_blank" rel="noreferrer">
          <span />
          <span>{t("Hanging rules…")}</span>
        </a>
      )}
      <p class="hv-note">{t("Hold Shift over an image: the same point is shown in the other viewports.")}</p>
    </>
  );
}
