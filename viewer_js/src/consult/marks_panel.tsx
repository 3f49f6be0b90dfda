import { valueLines } from "../annotations/label";
import { kindName } from "../annotations/words";
import { t } from "../i18n/translate";
import { Icon } from "./icons";
import { timeOf } from "./moments";
import type { Room } from "./room";
import { MarkReplies } from "./talk/mark_replies";
import type { Annotation } from "./wire";

/** Every mark in the room: a press jumps to it. */
export function MarksPanel({ room }: { readonly room: Room }) {
  const marks = room.marks.value;
  if (marks.length === 0) {
    return (
      <p class="hr-nothing">
        {t(
          "No marks yet. Choose one under Measure above the image and draw: both sides see it while it is drawn.",
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
          {kindName(mark.kind)} {valueLines(mark).join(" · ")}
        </b>
        {mark.text && <span>{mark.text}</span>}
        <small>
          {mine ? t("You") : mark.author.name} · {timeOf(mark.created_at)}
          {image && ` · ${image}`}
        </small>
      </button>
      <MarkReplies room={room} mark={mark} />
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
