/** Whoever leads is followed by the others, from the moment they lead or one comes in; by a blind reader only once their
 * own reading is given: until then nothing of the others' views comes here.
 */

import { effect } from "@preact/signals";
import { readsBlind } from "../opinions/reading_of";
import type { Room } from "../room";
import type { Control } from "./news";

export class Leading {
  private readonly room: Room;
  private led = "";

  constructor(room: Room) {
    this.room = room;
    effect(() => this.is(room.portal.calls.control.value, this.isBlind));
  }

  ask = () => this.wish("control.ask");
  end = () => this.wish("control.end");
  take = () => this.wish("control.take");
  give = (person_id: string) => this.wish("control.give", { person_id });

  private async wish(name: string, more: object = {}): Promise<void> {
    const answer = await this.room.portal.ask<{ ok: true }>(name, more);
    if (answer !== null && "error" in answer) this.room.viewer.notify(answer.error.message);
  }

  get isBlind(): boolean {
    const { state, config } = this.room;
    return state.value !== null && readsBlind(state.value, config.person.id);
  }

  private is({ leader: told }: Control, isBlind: boolean): void {
    const { live, config } = this.room;
    const leader = isBlind ? null : told;
    const before = this.led;
    this.led = leader?.id ?? "";
    if (this.led === before) return;
    if (leader !== null && leader.id !== config.person.id) live.follow(leader);
    else if (live.following.peek()?.id === before) live.stopFollowing();
    if (leader?.id === config.person.id) live.sayView();
  }
}

const leadings = new WeakMap<Room, Leading>();

export function leadingOf(room: Room): Leading {
  let leading = leadings.get(room);
  if (leading === undefined) {
    leading = new Leading(room);
    leadings.set(room, leading);
  }
  return leading;
}
