import type { Consult } from "./wire";

const CALLED_OFF: ReadonlySet<string> = new Set(["cancelled", "rejected"]);

/** Over without having been held: no images to lead through, no minutes to begin. */
export function isCalledOff({ state }: Consult): boolean {
  return CALLED_OFF.has(state);
}
