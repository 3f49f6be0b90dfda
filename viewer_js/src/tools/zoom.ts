import { msg } from "../i18n/translate";
import { stepwise, type Tool } from "./tool";

/** A drag of this many CSS pixels doubles. */
const DOUBLES = 160;

export const zoom: Tool = {
  id: "zoom",
  name: msg("Zoom"),
  key: "z",
  icon: "zoom",
  cursor: "zoom-in",
  makesMarks: false,
  begin: ({ viewport }, at) => stepwise(at, (_, dy) => viewport.zoomAt(at.screen, 2 ** (-dy / DOUBLES))),
};
