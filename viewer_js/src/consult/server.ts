/** What the room asks over HTTP; what is live goes through the portal. */

import type { PageConfig, StudyConfig } from "../api/config";
import { requestJson } from "../api/http";
import { NO_ATTACHMENTS } from "./attachments/fold";
import type { EventPage } from "./log";
import { NO_OPINIONS } from "./opinions/fold";
import { lineOf, type Wish } from "./outbox";
import type { Consult, Me, RoomState, StudyRef } from "./wire";

export interface RoomConfig extends PageConfig {
  readonly consult_id: string;
  /** With it this person's browsers encipher what is not sent yet. */
  readonly keeping_key: string;
  /** Where a link for the patient is made; null when this person may not. */
  readonly links_url: string | null;
}

interface StudyInAnswer extends StudyRef {
  /** Given for a study that may be opened and is not open yet. */
  readonly key: string | null;
  /** The right to the images is there. */
  readonly open: boolean;
  readonly destroyed: boolean;
}

export interface StateAnswer extends Omit<RoomState, "consult"> {
  readonly consult: Omit<Consult, "studies"> & { readonly studies: readonly StudyInAnswer[] };
  readonly me: Me;
}

/** What lasts of an answer; keys and rights to images belong to this visit only. */
export function stateOf({ me: _, consult, ...lasting }: StateAnswer): RoomState {
  const studies = consult.studies.map(({ id, description }) => ({ id, description }));
  const nothing = { opinions: NO_OPINIONS, attachments: NO_ATTACHMENTS };
  return { ...nothing, ...lasting, consult: { ...consult, studies } };
}

export interface Fetched {
  readonly state: RoomState;
  readonly me: Me;
  /** Studies to be opened now. */
  readonly opening: readonly StudyConfig[];
  /** Studies whose right to the images has ended. */
  readonly ended: readonly string[];
  /** How many of the consult's studies were destroyed. */
  readonly destroyed: number;
}

export type WishVerb =
  | "accept"
  | "agree"
  | "answers"
  | "basis"
  | "begin"
  | "cancel"
  | "complete"
  | "consent"
  | "decide"
  | "dismiss"
  | "detach"
  | "hold"
  | "invite"
  | "leave"
  | "labs"
  | "opinion"
  | "outcome"
  | "pass"
  | "read"
  | "record"
  | "refuse"
  | "reject"
  | "reopen"
  | "request"
  | "reschedule"
  | "resubmit"
  | "resume"
  | "retract"
  | "start"
  | "stop"
  | "strike"
  | "studies"
  | "withdraw";

export class ConsultServer {
  private readonly root: string;
  private readonly csrf: string;

  constructor(config: RoomConfig) {
    this.root = `/consults/${config.consult_id}`;
    this.csrf = config.csrf;
  }

  /** `have`: studies that are open here and need no new key. */
  async state(have: Iterable<string>): Promise<Fetched> {
    const answer = await requestJson<StateAnswer>(`${this.root}/state?open=${[...have].join(",")}`);
    const { studies } = answer.consult;
    return {
      state: stateOf(answer),
      me: answer.me,
      opening: studies.flatMap(({ id, key }) => (key ? [{ id, key, manifest: null }] : [])),
      ended: studies.filter(({ open }) => !open).map(({ id }) => id),
      destroyed: studies.filter(({ destroyed }) => destroyed).length,
    };
  }

  eventsAfter(after: number): Promise<EventPage> {
    return requestJson<EventPage>(`${this.root}/events?after=${after}`);
  }

  /** The way of a durable wish when no socket can be opened; answers with its number in the history. */
  async send(wish: Wish): Promise<number | null> {
    const { number } = await this.sendAs(wish);
    return number ?? null;
  }

  wish(verb: WishVerb, body: object = {}): Promise<unknown> {
    return requestJson(`${this.root}/${verb}`, { method: "POST", csrf: this.csrf, body });
  }

  private sendAs(wish: Wish): Promise<{ readonly number?: number }> {
    const { csrf } = this;
    if (wish.kind === "message") {
      return requestJson(`${this.root}/messages`, { method: "POST", csrf, body: lineOf(wish) });
    }
    const address = `${this.root}/annotations/${wish.annotation.id}`;
    if (wish.kind === "delete") return requestJson(address, { method: "DELETE", csrf });
    return requestJson(address, { method: "PUT", csrf, body: wish.annotation });
  }
}
