import { msg } from "../i18n/translate";
import { windowOfRegion } from "../viewport/region_window";
import type { Drag, Tool, ToolPoint } from "./tool";

/** A rectangle drawn over what is to be seen; the window is made for it. */
export const windowRegion: Tool = {
  id: "window_region",
  name: msg("Window from a region"),
  key: "C",
  icon: "window_region",
  cursor: "crosshair",
  makesMarks: false,
  begin({ viewport }, from): Drag {
    const show = (to: ToolPoint) => {
      viewport.rubber.value = [from.screen, to.screen];
    };
    return {
      move: show,
      end(to) {
        viewport.rubber.value = null;
        const window = windowOfRegion(viewport.shown.peek(), from.image, to.image);
        if (window) viewport.window.value = window;
        return "done";
      },
      cancel() {
        viewport.rubber.value = null;
      },
    };
  },
};
