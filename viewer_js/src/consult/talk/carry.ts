/** What the next line will carry beside its words, and to whom it goes. */

import { type Signal, signal } from "@preact/signals";
import type { Drafts } from "../drafts";
import type { Reply } from "../event_types";
import type { LineFile } from "../outbox";
import type { LineMore, Me, Message, View } from "../wire";
import { folded } from "./folded";

export interface CarriedRegion {
  readonly region: NonNullable<LineMore["region"]>;
  /** Of the image it was drawn on. */
  readonly view: View;
}

export class Carry {
  readonly reply: Signal<Reply | null> = signal(null);
  readonly region: Signal<CarriedRegion | null> = signal(null);
  readonly sentence: Signal<NonNullable<LineMore["sentence"]> | null> = signal(null);
  /**
   * Kept with the draft and until the writer says otherwise: a line must not go to everybody because the page was
   * loaded again or the line before it was sent.
   */
  private readonly only: Signal<string>;
  /** Kept with the draft as well, as their bytes are (kept.ts). */
  private readonly chosen: Signal<string>;

  constructor(drafts: Drafts) {
    this.only = drafts.of("message.only");
    this.chosen = drafts.of("message.files");
  }

  get files(): readonly LineFile[] {
    return this.chosen.value === "" ? [] : JSON.parse(this.chosen.value);
  }

  set files(files: readonly LineFile[]) {
    this.chosen.value = files.length === 0 ? "" : JSON.stringify(files);
  }

  /** The only people who will read the line beside its writer; null: everybody. */
  get recipients(): readonly string[] | null {
    return this.only.value === "" ? null : this.only.value.split(",");
  }

  set recipients(people: readonly string[] | null) {
    this.only.value = people === null ? "" : people.join(",");
  }

  /** The next line answers this one; what was written to few is answered to those few. */
  answer(message: Message, me: string): void {
    this.reply.value = { kind: "message", id: message.id };
    if (message.recipients) this.recipients = message.recipients.filter((id) => id !== me);
  }

  /** The parts of the line, and nothing that was not given. */
  more(text: string, people: readonly Me[]): LineMore {
    const { recipients } = this;
    const named = mentionsIn(text, people).filter((id) => recipients === null || recipients.includes(id));
    return {
      ...(named.length > 0 && { mentions: named }),
      ...(recipients !== null && { recipients }),
      ...(this.reply.value && { reply_to: this.reply.value }),
      ...(this.region.value && { region: this.region.value.region }),
      ...(this.sentence.value && { sentence: this.sentence.value }),
    };
  }

  /** The line has gone; to whom the next one goes stays. */
  sent(): void {
    this.reply.value = null;
    this.region.value = null;
    this.sentence.value = null;
    this.files = [];
  }
}

/** Ids of the people whose "@name" stands in the text. */
export function mentionsIn(text: string, people: readonly Me[]): string[] {
  return people.filter(({ name }) => text.includes(`@${name}`)).map(({ id }) => id);
}

/** The word behind the last "@" before the caret while it is being typed; null: none is. */
export function typedName(text: string, caret: number): string | null {
  const found = /(?:^|\s)@([^@\n]{0,40})$/u.exec(text.slice(0, caret));
  return found?.[1] ?? null;
}

/** The text with the name in place of the letters typed of it. */
export function withName(text: string, caret: number, typed: string, name: string): string {
  return `${text.slice(0, caret - typed.length)}${name} ${text.slice(caret)}`;
}

/** People whose name, without accents, has the typed letters at the beginning of a word. */
export function peopleNamed(typed: string, people: readonly Me[]): Me[] {
  const wanted = folded(typed);
  return people.filter(({ name }) => ` ${folded(name)}`.includes(` ${wanted}`));
}
