import { msg } from "../i18n/translate";
import type { Drag, Tool, ToolPoint } from "./tool";

/** A lens under the pointer for as long as it is held down. */
export const magnifier: Tool = {
  id: "magnifier",
  name: msg("Magnifier"),
  key: "c",
  icon: "magnifier",
  cursor: "none",
  makesMarks: false,
  begin({ viewport }, at): Drag {
    const show = (to: ToolPoint) => {
      viewport.lens.value = to.screen;
    };
    const hide = () => {
      viewport.lens.value = null;
    };
    show(at);
    return {
      move: show,
      end() {
        hide();
        return "done";
      },
      cancel: hide,
    };
  },
};
