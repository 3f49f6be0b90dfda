/** One of the four places: a frame in the colour of its lines, a title, and a button that shows it alone. */

import type { ComponentChildren } from "preact";
import { t } from "../i18n/translate";
import { PlaneIcon } from "./icons";
import type { CellName, VolumeSession } from "./session";

interface Props {
  session: VolumeSession;
  name: CellName;
  title: string;
  children: ComponentChildren;
}

export function Cell({ session, name, title, children }: Props) {
  const isActive = session.active.value === name;
  const isAlone = session.alone.value === name;
  const isHidden = session.alone.value !== null && !isAlone;
  return (
    <section
      class={`hv-viewport hv-mpr-cell hv-mpr-cell-${name}${isActive ? " hv-mpr-active" : ""}`}
      data-cell={name}
      hidden={isHidden}
      aria-label={title}
    >
      {children}
      <header class="hv-mpr-title">
        <b>{title}</b>
        <button
          type="button"
          class="hv-button hv-mpr-alone"
          aria-pressed={isAlone}
          aria-label={t("Show alone: {name}", { name: title })}
          title={`${t("Show alone: {name}", { name: title })} (M)`}
          onClick={() => session.toggleAlone(name)}
        >
          <PlaneIcon name="alone" />
        </button>
      </header>
    </section>
  );
}
