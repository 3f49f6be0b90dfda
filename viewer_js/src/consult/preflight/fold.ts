import type { CaseSentAsIs } from "../event_types";
import type { RoomState } from "../wire";

/** Sent all the same: what stood against it, and who sent it. */
export function waived(state: RoomState, { actor, at, data }: CaseSentAsIs): RoomState {
  return { ...state, preflight: { ...data, by: actor, at } };
}
