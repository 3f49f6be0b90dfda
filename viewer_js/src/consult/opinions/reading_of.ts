import type { ConsultEvent, Reader, RoomState } from "../wire";

/** How this person takes part as a further specialist; null: they do not. */
export function readingOf(state: RoomState, personId: string): Reader | null {
  return state.opinions?.readers.find(({ person }) => person.id === personId) ?? null;
}

/** They see nothing of the first reading yet. */
export function readsBlind(state: RoomState, personId: string): boolean {
  const mine = readingOf(state, personId);
  return mine?.kind === "blind" && mine.reading === null;
}

/** From this event on they see what was hidden before it: the room has to be fetched anew. */
export function unveils(event: ConsultEvent, before: RoomState | null, personId: string): boolean {
  if (before === null || !readsBlind(before, personId)) return false;
  return event.type === "reading.given"
    ? event.actor.id === personId
    : event.type === "reader.ended" && event.data.person_id === personId;
}
