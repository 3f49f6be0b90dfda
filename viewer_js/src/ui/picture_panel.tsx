/** How the active viewport's picture looks, how large it is, how it plays, and the window presets. */

import { t } from "../i18n/translate";
import { COLOUR_MAPS } from "../viewport/colour_maps";
import type { Filter } from "../viewport/finish";
import { isGreyImage } from "../viewport/picture";
import type { Workspace } from "../viewport/workspace";
import { FilmSection } from "./film_section";
import { PresetsSection } from "./presets_section";
import { SizeSection } from "./size_section";
import "./picture_panel.css";

function gradientOf(palette: Uint32Array): string {
  const stops = Array.from({ length: 33 }, (_, i) => {
    const word = palette[Math.min(255, i * 8)] ?? 0;
    return `rgb(${word & 255} ${(word >> 8) & 255} ${(word >> 16) & 255})`;
  });
  return `linear-gradient(to right, ${stops.join(",")})`;
}

const GREYS = "linear-gradient(to right, #000, #fff)";

function Colours({ workspace }: { workspace: Workspace }) {
  const viewport = workspace.active.value;
  const frame = viewport.frame.value;
  if (!frame || !isGreyImage(frame)) return null;
  const maps = COLOUR_MAPS.map(({ id, name, palette }) => ({ id, name: t(name), look: gradientOf(palette) }));
  return (
    <fieldset class="hv-choices">
      <legend>{t("Colours")}</legend>
      {[{ id: "", name: t("Grey"), look: GREYS }, ...maps].map(({ id, name, look }) => (
        <label key={id}>
          <input
            type="radio"
            name="hv-colours"
            checked={viewport.colourMap.value === id}
            onChange={() => {
              viewport.colourMap.value = id;
            }}
          />
          <span>{name}</span>
          <i style={{ background: look }} />
        </label>
      ))}
    </fieldset>
  );
}

function Filters({ workspace }: { workspace: Workspace }) {
  const { filter } = workspace.active.value;
  const names: Record<Filter, string> = {
    none: t("As recorded"),
    sharpen: t("Sharper"),
    smooth: t("Smoother"),
  };
  return (
    <fieldset class="hv-row">
      <legend>{t("Filter")}</legend>
      {(Object.keys(names) as Filter[]).map((id) => (
        <button
          key={id}
          type="button"
          class="hv-plain"
          aria-pressed={filter.value === id}
          onClick={() => {
            filter.value = id;
          }}
        >
          {names[id]}
        </button>
      ))}
    </fieldset>
  );
}

export function PicturePanel({ workspace }: { workspace: Workspace }) {
  return (
    <div class="hv-picture-panel">
      <FilmSection workspace={workspace} />
      <SizeSection workspace={workspace} />
      <Filters workspace={workspace} />
      <Colours workspace={workspace} />
      <PresetsSection workspace={workspace} />
    </div>
  );
}
