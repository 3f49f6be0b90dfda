import { t, tn } from "../../i18n/translate";
import { Icon } from "../icons";
import type { Room } from "../room";
import type { Annotation } from "../wire";
import { gistOf } from "./gist";
import { jumpTo } from "./jump";

/** What was said about a mark: how many lines, the newest of them, and the way to answer. */
export function MarkReplies({ room, mark }: { readonly room: Room; readonly mark: Annotation }) {
  const lines = room.messages.value.filter(({ reply_to }) => reply_to?.id === mark.id);
  const newest = lines.at(-1);
  const mayAnswer = room.state.value?.consult.allowed.includes("discuss") && mark.revision > 0;
  return (
    <>
      {mayAnswer && (
        <button
          type="button"
          class="button quiet"
          aria-label={t("Answer this mark")}
          title={t("Answer this mark")}
          onClick={() => {
            room.carry.reply.value = { kind: "annotation", id: mark.id };
            toTalk(() => document.getElementById("hr-composer")?.focus());
          }}
        >
          <Icon name="reply" />
        </button>
      )}
      {newest && (
        <button
          type="button"
          class="hr-quote hr-mark-replies"
          onClick={() => toTalk(() => jumpTo(`hr-line-${newest.id}`))}
        >
          <small>{tn("{count} answer", "{count} answers", lines.length)}</small>
          <span>{gistOf(newest)}</span>
        </button>
      )}
    </>
  );
}

/** The talk stands on another tab: it is opened first. */
function toTalk(then: () => void): void {
  document.getElementById("hr-tab-talk")?.click();
  requestAnimationFrame(then);
}
