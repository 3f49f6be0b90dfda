import { t } from "../../i18n/translate";
import { dateTimeOf } from "../moments";
import type { RoomState } from "../wire";
import { textsOf } from "./written";
import "./opinions.css";

interface RevisedProps {
  readonly state: RoomState;
  /** Which answer; null: the opinion. */
  readonly questionId: string | null;
}

/** Under a text that stands in the place of others: when and by whom it was revised, and what it said before. */
export function Revised({ state, questionId }: RevisedProps) {
  const texts = textsOf(state, questionId);
  const standing = texts.at(-1);
  if (standing === undefined || texts.length < 2) return null;
  const { at, by } = standing;
  return (
    <details class="hr-revised">
      <summary>{t("Revised {time}, {name}", { time: dateTimeOf(at), name: by.name })}</summary>
      {texts
        .slice(0, -1)
        .reverse()
        .map((earlier) => (
          <div key={earlier.number} class="hr-second">
            <p class="hr-given">{earlier.text}</p>
            <small>
              {t("Earlier text")} · {earlier.by.name} · {dateTimeOf(earlier.at)}
            </small>
          </div>
        ))}
    </details>
  );
}
