import { msg } from "../i18n/translate";
import { markHands } from "./mark_hands";
import type { Tool } from "./tool";

/** Points, selects and edits; the other person sees the pointer. */
export const select: Tool = {
  id: "select",
  name: msg("Point and select"),
  key: "q",
  icon: "select",
  cursor: "default",
  makesMarks: false,
  begin(context, at) {
    const hands = markHands.peek();
    const hit = hands?.markAt(context, at);
    context.desk.selectedId.value = hit?.annotation.id ?? null;
    return hands && hit && context.desk.isOwn(hit.annotation) ? hands.editDrag(context, hit, at) : null;
  },
};
