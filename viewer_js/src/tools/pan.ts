import { msg } from "../i18n/translate";
import { stepwise, type Tool } from "./tool";

export const pan: Tool = {
  id: "pan",
  name: msg("Move"),
  key: "p",
  icon: "pan",
  cursor: "grab",
  makesMarks: false,
  begin: ({ viewport }, at) => stepwise(at, (dx, dy) => viewport.pan(dx, dy)),
};
