import { msg } from "../i18n/translate";
import type { Tool } from "./tool";

/** Its press is answered by ui/attach_cursor.ts, which knows the other viewports. */
export const cursor: Tool = {
  id: "cursor",
  name: msg("3D cursor"),
  key: "g",
  icon: "cursor",
  cursor: "crosshair",
  makesMarks: false,
  begin: () => null,
};
