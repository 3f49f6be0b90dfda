import { msg } from "../i18n/translate";
import { stepwise, type Tool } from "./tool";

/** CSS pixels for one image: the whole stack lies in most of the viewport's height. */
export function paceOf(frames: number, height: number): number {
  return Math.min(24, Math.max(2.5, (height * 0.8) / Math.max(1, frames)));
}

export const scroll: Tool = {
  id: "scroll",
  name: msg("Scroll"),
  key: "s",
  icon: "scroll",
  cursor: "ns-resize",
  makesMarks: false,
  begin({ viewport }, at) {
    const start = viewport.index.peek();
    const frames = viewport.stack.peek()?.frames.length ?? 1;
    const pace = paceOf(frames, viewport.size.peek().height);
    return stepwise(at, (_dx, _dy, to) => viewport.scrollTo(start + (to.screen[1] - at.screen[1]) / pace));
  },
};
