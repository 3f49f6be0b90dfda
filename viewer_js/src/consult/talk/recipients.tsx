import { t } from "../../i18n/translate";
import type { ToolProps } from "./tools";

/** Who alone will read the lines from now on, until "for everybody" is pressed. */
export function Recipients({ room, state, close }: ToolProps) {
  const others = state.consult.participants.filter(({ id }) => id !== room.config.person.id);
  const chosen = room.carry.recipients ?? [];
  if (others.length === 0) return <p>{t("Nobody else has been in this room yet.")}</p>;
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
