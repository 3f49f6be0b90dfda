/** Events of people invited without an account, applied to the state. */

import type { GuestData, GuestInvited, GuestWithdrawn } from "../event_types";
import type { RoomState } from "../wire";

export function withGuest(state: RoomState, { data: { guest } }: GuestInvited | GuestWithdrawn): RoomState {
  return { ...state, guests: laid(state.guests ?? [], guest) };
}

function laid(guests: readonly GuestData[], guest: GuestData): GuestData[] {
  const isKnown = guests.some(({ id }) => id === guest.id);
  return isKnown ? guests.map((old) => (old.id === guest.id ? guest : old)) : [...guests, guest];
}
