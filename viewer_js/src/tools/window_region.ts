import { msg } from "../i18n/translate";
import { whenValues } from "../viewport/values_wish";
import { pictureHands } from "./picture_hands";
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
        pictureHands.use(({ windowOfRegion }) =>
          whenValues(viewport, (picture) => {
            const window = windowOfRegion(picture, from.image, to.image);
            if (window) viewport.window.value = window;
          }),
        );
        return "done";
      },
      cancel() {
        viewport.rubber.value = null;
      },
    };
  },
};
