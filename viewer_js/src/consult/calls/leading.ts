/** Whoever leads is followed by the others, from the moment they lead or one comes in. */

import { effect } from "@preact/signals";
import type { Room } from "../room";
import type { Control } from "./news";

export class Leading {
  private readonly room: Room;
  private led = "";

  constructor(room: Room) {
    this.room = room;
    effect(() => this.is(room.portal.calls.control.value));
  }

  ask = () => this.wish("control.ask");
  end = () => this.wish("control.end");
  take = () => this.wish("control.take");
  give = (person_id: string) => this.wish("control.give", { person_id });

  private async wish(name: string, more: object = {}): Promise<void> {
    const answer = await this.room.portal.ask<{ ok: true }>(name, more);
    if (answer !== null && "error" in answer) this.room.viewer.notify(answer.error.message);
  }

  private is({ leader }: Control): void {
    const { live, config } = this.room;
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
