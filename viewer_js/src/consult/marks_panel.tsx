import { formatNumber, t } from "../i18n/translate";
import { Icon } from "./icons";
import { timeOf } from "./moments";
import type { Room } from "./room";
import type { Annotation } from "./wire";
import { kindName } from "./words";

/** Every mark in the room: a press jumps to it. */
export function MarksPanel({ room }: { readonly room: Room }) {
  const marks = room.marks.value;
  if (marks.length === 0) {
    return (
      <p class="hr-nothing">
        {t(
          "No marks yet. Choose arrow, text, length, angle or ellipse above the image and draw: both sides see it while it is drawn.",
        )}
      </p>
    );
  }
  return (
    <ul class="hr-scroll hr-list">
      {marks.map((mark) => (
        <MarkItem key={mark.id} room={room} mark={mark} />
      ))}
    </ul>
  );
}

function MarkItem({ room, mark }: { readonly room: Room; readonly mark: Annotation }) {
  const view = room.viewer.viewOf(mark);
  const image = view === null ? null : room.viewer.describe(view);
  const mine = mark.author.id === room.config.person.id;
  return (
    <li class="hr-item">
      <button
        type="button"
        class="hr-item-main"
        disabled={view === null}
        onClick={() => view && room.restore(view)}
      >
        <b>
          {kindName(mark.kind)} {measured(mark)}
        </b>
        {mark.text && <span>{mark.text}</span>}
        <small>
          {mine ? t("You") : mark.author.name} · {timeOf(mark.created_at)}
          {image && ` · ${image}`}
        </small>
      </button>
      {mine && room.state.value?.consult.allowed.includes("annotate") && (
        <button
          type="button"
          class="button quiet"
          aria-label={t("Delete the mark")}
          title={t("Delete the mark")}
          onClick={() => room.removeMark(mark)}
        >
          <Icon name="close" />
        </button>
      )}
    </li>
  );
}

function measured(mark: Annotation): string {
  if (mark.kind === "length" && mark.values)
    return `${formatNumber(mark.values.length, 1)} ${mark.values.unit}`;
  if (mark.kind === "angle" && mark.values) return `${formatNumber(mark.values.degrees, 1)}°`;
  if (mark.kind !== "ellipse" || !mark.values) return "";
  const { area_mm2, mean, sd, unit } = mark.values;
  const area = area_mm2 === null ? "" : `${formatNumber(area_mm2, 0)} mm² · `;
  return `${area}${formatNumber(mean, 1)} ± ${formatNumber(sd, 1)} ${unit}`.trim();
}
