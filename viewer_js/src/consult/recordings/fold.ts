/** Events of recordings, applied to the state: each carries all that the room shows of one. */

import type { RecordingNews } from "../event_types";
import type { RoomState } from "../wire";

export function recorded(state: RoomState, { recording }: RecordingNews): RoomState {
  const before = state.recordings ?? [];
  const place = before.findIndex(({ id }) => id === recording.id);
  const recordings =
    place < 0 ? [...before, recording] : before.map((old, at) => (at === place ? recording : old));
  return { ...state, recordings };
}
