import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { requestJson } from "../../api/http";
import { t } from "../../i18n/translate";
import type { ToolProps } from "./tools";

/**
 * Who alone will read the lines from now on, until "for everybody" is pressed. Whoever is no longer in the case is
 * offered only to be taken out again.
 */
export function Recipients({ room, state, close }: ToolProps) {
  const { participants } = state.consult;
  const present = useSignal<readonly string[] | null>(null);
  useEffect(() => {
    requestJson<{ readonly people: readonly string[] }>(`/consults/${room.config.consult_id}/addressees`)
      .then(({ people }) => (present.value = people))
      .catch(() => (present.value = participants.map(({ id }) => id))); // lines are written off line, too
  }, [room]);
  const chosen = room.carry.recipients ?? [];
  if (present.value === null) return <p role="status">{t("Loading…")}</p>;
  const offered = [...present.value, ...chosen].filter((id) => id !== room.config.person.id);
  const others = participants.filter(({ id }) => offered.includes(id));
  if (others.length === 0) return <p>{t("Nobody else of this case has been in this room yet.")}</p>;
  return (
    <>
      <p>{t("Lines go only to the people chosen here until you press “For everybody”.")}</p>
      <ul class="hr-choices">
        {others.map(({ id, name, hospital }) => (
          <li key={id}>
            <label>
              <input
                type="checkbox"
                checked={chosen.includes(id)}
                onChange={() => {
                  const left = chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id];
                  room.carry.recipients = left.length === 0 ? null : left;
                }}
              />
              <span>
                <b>{name}</b> <small>{hospital}</small>
              </span>
            </label>
          </li>
        ))}
      </ul>
      <button type="button" class="button primary" onClick={close}>
        {t("Write the line")}
      </button>
    </>
  );
}
