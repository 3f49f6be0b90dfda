/** In a line of the talk: the walk-through it hands over. */

import type { Room } from "../room";
import type { RoomState } from "../wire";
import { PlayLink } from "./recordings";

interface Props {
  readonly room: Room;
  readonly state: RoomState;
  readonly id: string;
}

export function LineRecording({ room, state, id }: Props) {
  const recording = state.recordings?.find((one) => one.id === id);
  return recording === undefined ? null : (
    <p>
      <PlayLink room={room} recording={recording} isNamed={false} />
    </p>
  );
}
