import { t } from "../../i18n/translate";
import type { Me } from "../wire";

/** A Vietnamese name as colleagues say it: its last word ("Hạnh"), which stands last in full names. */
export function shortName(name: string): string {
  return name.trim().split(/\s+/).at(-1) ?? name;
}

/** "Hạnh, Đức" for ids of people who have been in the room. */
export function namesOf(ids: readonly string[], people: readonly Me[]): string {
  return ids
    .map((id) => shortName(people.find((person) => person.id === id)?.name ?? t("somebody")))
    .join(", ");
}
