import { msg } from "../i18n/translate";
import { editDrag, markAt } from "./edit";
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
    const hit = markAt(context, at);
    context.desk.selectedId.value = hit?.annotation.id ?? null;
    return hit && context.desk.isOwn(hit.annotation) ? editDrag(context, hit, at) : null;
  },
};
