import { t } from "../i18n/translate";
import { OUTBOX } from "./keeping";
import { dateTimeOf } from "./moments";
import { type LocalChange, sameMark } from "./reconcile";
import type { Annotation, ConsultEvent, LineMore, RoomState, View } from "./wire";

/** What the user did and the server has not yet written into the consult's history. */
export type Wish = DeleteWish | MessageWish | PutWish;

interface Sent {
  /** Why the server refused it; the user decides whether to try again. */
  readonly refused: string | null;
}

export interface MessageWish extends Sent {
  readonly kind: "message";
  readonly client_id: string;
  readonly text: string;
  readonly view: View | null;
  readonly more?: LineMore;
  /** Files that go before the line; their bytes are in talk/kept.ts. */
  readonly files?: readonly LineFile[];
  readonly at: string;
}

export interface LineFile {
  /** Under which its bytes are kept here, and known to the server. */
  readonly key: string;
  readonly name: string;
  readonly type: string;
  readonly size: number;
}

/** A line as the server takes it, by socket and by HTTP. */
export function lineOf({ client_id, text, view, more }: MessageWish): object {
  return { client_id, text, view, ...more };
}

export interface PutWish extends Sent {
  readonly kind: "put";
  readonly client_id: string;
  readonly annotation: Annotation;
  readonly base: number;
}

export interface DeleteWish extends Sent {
  readonly kind: "delete";
  readonly client_id: string;
  readonly annotation: Annotation;
  readonly base: number;
}

export type Answer =
  /** Written into the history under this number. */
  | { readonly outcome: "accepted"; readonly number: number | null }
  /** The line is broken or too slow, or the server asks to wait: the same wish is sent again. */
  | { readonly outcome: "again" }
  | { readonly outcome: "refused"; readonly reason: string };

export interface OutboxOptions {
  /** Never rejects: a broken line is an answer too ("again"). */
  readonly send: (wish: Wish) => Promise<Answer>;
  readonly pause: (attempt: number) => Promise<void>;
  readonly changed: (wishes: readonly Wish[]) => void;
  /** Keeps the unsent over a reload: keeping.ts in the page. */
  readonly storage: Pick<Storage, "getItem" | "removeItem" | "setItem">;
}

const DAY_MS = 24 * 3600_000;

/**
 * Sends wishes one after another in the order they were made, each until the server has answered. A wish leaves the
 * box only when the history shows it: so what was answered but not yet seen stays on the screen, and what was sent
 * twice over a broken line is recognised by its client_id on the server.
 */
export class Outbox {
  wishes: readonly Wish[];
  private readonly options: OutboxOptions;
  /** client_id -> number in the history, of wishes the server has accepted. */
  private readonly accepted = new Map<string, number | null>();
  /** client_ids sent at least once: the server may know them, answered or not. */
  private readonly sent = new Set<string>();
  private head = 0;
  private online = false;
  private running = false;

  constructor(options: OutboxOptions) {
    this.options = options;
    this.wishes = restored(options);
  }

  add(wish: Wish): void {
    const left = this.wishes.filter((old) => !this.replaces(wish, old));
    const neverLeft =
      wish.kind === "delete" && wish.base === 0 && !left.some((old) => this.isAbout(old, wish.annotation.id));
    this.set(neverLeft ? left : [...left, wish]);
    void this.run();
  }

  /** The line is up (and the room entered) or down. */
  setOnline(online: boolean): void {
    this.online = online;
    void this.run();
  }

  retry(clientId: string): void {
    this.set(this.wishes.map((wish) => (wish.client_id === clientId ? { ...wish, refused: null } : wish)));
    void this.run();
  }

  drop(clientId: string): void {
    this.set(this.wishes.filter((wish) => wish.client_id !== clientId));
  }

  /** Takes out what a fetched state already shows; to be called once with the first state. */
  settleWith(state: RoomState, me: string): void {
    const posted = new Set(
      state.messages.filter(({ author }) => author.id === me).map((message) => message.client_id),
    );
    this.set(
      this.wishes.filter((wish) => {
        if (wish.kind === "message") return !posted.has(wish.client_id);
        const theirs = state.annotations.find(({ id }) => id === wish.annotation.id);
        return wish.kind === "delete" ? theirs !== undefined : !isSettled(wish, theirs);
      }),
    );
  }

  /** Takes out what the history now shows. */
  settle(events: readonly ConsultEvent[], me: string): void {
    for (const event of events) {
      if (event.type !== "hidden" && event.actor.id === me) this.settleOne(event);
      this.head = event.number;
    }
    this.dropAccepted();
  }

  /** The unconfirmed changes of annotations, newest of each. */
  get localChanges(): ReadonlyMap<string, LocalChange> {
    const changes = new Map<string, LocalChange>();
    for (const wish of this.wishes) {
      if (wish.kind === "message" || wish.refused !== null) continue;
      changes.set(wish.annotation.id, { kind: wish.kind, annotation: wish.annotation, base: wish.base });
    }
    return changes;
  }

  get unsentMessages(): readonly MessageWish[] {
    return this.wishes.filter((wish) => wish.kind === "message");
  }

  private settleOne(event: ConsultEvent): void {
    if (event.type === "message.posted") this.drop(event.data.client_id);
    else if (event.type === "annotation.put") this.settleMark(event.data.annotation);
    else if (event.type === "annotation.deleted") {
      this.set(this.wishes.filter((wish) => !this.isAbout(wish, event.data.id)));
    }
  }

  /**
   * Our own change came back with its revision: later changes of the same mark start from there. A revision we did
   * not make (the same person in another window) wins over what has not left yet.
   */
  private settleMark(mark: Annotation): void {
    const ours = this.wishes.filter((wish) => this.isAbout(wish, mark.id));
    const settled = ours.find((wish) => wish.kind === "put" && sameMark(wish.annotation, mark));
    const stays = (wish: Wish): boolean =>
      wish !== settled && (settled !== undefined || this.sent.has(wish.client_id));
    const left = this.wishes.filter((wish) => !ours.includes(wish) || stays(wish));
    this.set(
      settled === undefined
        ? left
        : left.map((wish) => (ours.includes(wish) ? { ...wish, base: mark.revision } : wish)),
    );
  }

  private dropAccepted(): void {
    for (const [clientId, at] of this.accepted) {
      if (at === null || at > this.head) continue;
      this.accepted.delete(clientId);
      this.drop(clientId);
    }
  }

  private isAbout(wish: Wish, annotationId: string): boolean {
    return wish.kind !== "message" && wish.annotation.id === annotationId;
  }

  /** A newer change of a mark makes an older one that has not left yet pointless. */
  private replaces(newer: Wish, older: Wish): boolean {
    return (
      newer.kind !== "message" && this.isAbout(older, newer.annotation.id) && !this.sent.has(older.client_id)
    );
  }

  private set(wishes: readonly Wish[]): void {
    this.wishes = wishes;
    const { storage } = this.options;
    if (wishes.length === 0) storage.removeItem(OUTBOX);
    else storage.setItem(OUTBOX, JSON.stringify(wishes));
    this.options.changed(wishes);
  }

  private next(): Wish | undefined {
    return this.wishes.find((wish) => wish.refused === null && !this.accepted.has(wish.client_id));
  }

  private async run(): Promise<void> {
    if (this.running) return;
    this.running = true;
    let attempt = 0;
    for (let wish = this.next(); wish !== undefined && this.online; wish = this.next()) {
      this.sent.add(wish.client_id);
      const answer = await this.options.send(wish);
      this.answered(wish, answer);
      attempt = answer.outcome === "again" ? attempt + 1 : 0;
      if (attempt > 0) await this.options.pause(attempt);
    }
    this.running = false;
  }

  private answered({ client_id }: Wish, answer: Answer): void {
    if (answer.outcome === "again" || !this.wishes.some((wish) => wish.client_id === client_id)) return;
    if (answer.outcome === "accepted") {
      this.accepted.set(client_id, answer.number);
      this.dropAccepted(); // the event may have been faster than the answer
      return;
    }
    const { reason } = answer;
    this.set(this.wishes.map((wish) => (wish.client_id === client_id ? { ...wish, refused: reason } : wish)));
  }
}

function isSettled(wish: DeleteWish | PutWish, theirs: Annotation | undefined): boolean {
  return wish.kind === "put" && theirs !== undefined && sameMark(wish.annotation, theirs);
}

function restored({ storage }: OutboxOptions): Wish[] {
  const kept: Wish[] = JSON.parse(storage.getItem(OUTBOX) ?? "[]");
  const once = new Map(kept.map((wish) => [wish.client_id, wish]));
  return [...once.values()].map(held);
}

/** What was urgent yesterday may mislead today: its writer decides. */
function held(wish: Wish): Wish {
  if (wish.kind !== "message" || wish.refused !== null) return wish;
  if (!(Date.parse(wish.at) < Date.now() - DAY_MS)) return wish;
  const refused = t("Written on {time} and not sent since. Try again to send it now.", {
    time: dateTimeOf(wish.at),
  });
  return { ...wish, refused };
}
