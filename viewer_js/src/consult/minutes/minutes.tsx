import { msg, t } from "../../i18n/translate";
import { isCalledOff } from "../called_off";
import type { MinutesNews } from "../event_types";
import type { RoomState } from "../wire";

const STANDINGS = { circulated: msg("To be read"), closed: msg("Closed"), draft: msg("Being written") };

/** Where the minutes stand, and the way to their page. */
export function Minutes({ state, mine }: { readonly state: RoomState; readonly mine: string }) {
  const { consult, minutes } = state;
  if (minutes === undefined) return null; // a blind reader's state has none
  if (minutes === null && consult.state === "requested") return null;
  const isOpen =
    minutes === null ? !isCalledOff(consult) : minutes.state !== "draft" || minutes.secretary.id === mine;
  return (
    <section class="hr-section">
      <h3>{t("Minutes")}</h3>
      {minutes !== null && <p class="muted">{standing(minutes)}</p>}
      {isOpen && (
        <a class="button block" href={`/consults/${consult.id}/minutes`} target="_blank" rel="noopener">
          {minutes === null || minutes.state === "draft" ? t("Write the minutes") : t("Read the minutes")}
        </a>
      )}
      <p>
        <a href={`/consults/${consult.id}/package`} target="_blank" rel="noopener">
          {t("The whole case (ZIP)")}
        </a>
      </p>
    </section>
  );
}

function standing({ read, secretary, state }: MinutesNews): string {
  if (state === "draft") return t("{name} is writing", { name: secretary.name });
  return `${t(STANDINGS[state])} · ${t("Read by {count}", { count: read })}`;
}
