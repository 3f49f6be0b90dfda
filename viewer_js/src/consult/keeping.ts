/**
 * What somebody writes and draws in a room and the server has not yet. It lies on the disk, so that it outlives a tab that
 * is closed or killed, and enciphered with a key that the server gives to its writer alone: on a ward PC the next person
 * has the same disk. Without a cipher it lives in this tab, and where the browser forbids storage in this page.
 *
 * Each page has a place of its own; what a page left behind that is no more is taken over by the next one of the same
 * person in the same room.
 */

import { type Cipher, cipherOf, hex, seal, unhex, unseal } from "./sealing";

interface Owner {
  readonly person: { readonly id: string };
  readonly consult_id: string;
  readonly keeping_key: string;
}

interface Entry {
  readonly at: number;
  readonly iv: string;
  readonly sealed: string;
}

type Texts = Readonly<Record<string, string>>;

export const OUTBOX = "outbox";

const SAID = "draft.message";
const ONLY = "draft.message.only";
const FILES = "draft.message.files";
/** What was chosen, not written: the newest holds. */
const CHOICES = /^draft\.(reschedule|.*\.(code|only|version))$/;

const PREFIX = "hoichan.kept.";
const LAST_PAGE = "hoichan.kept.page";
const ENDING_MS = 500;
const LEFT_BEHIND_MS = 7 * 24 * 3600_000;

export class Keeping {
  /** Whether closing the tab leaves it there. */
  readonly outlivesTab: boolean;
  private readonly cipher: Cipher;
  private readonly place: string;
  private readonly storage: Storage | null;
  private readonly texts = new Map<string, string>();
  /** Places of pages that are no more: their words go from there once they are here. */
  private left: string[] = [];
  /** When somebody last changed it; of what is taken over the oldest. */
  private at = Date.now();
  private written = "";
  private isStale = false;
  private isWriting = false;
  private isLeaving = false;

  private constructor(cipher: Cipher, place: string, storage: Storage | null) {
    this.cipher = cipher;
    this.outlivesTab = cipher !== null;
    this.place = place;
    this.storage = storage;
  }

  /** With what this person's pages in this room have left behind. Never rejects. */
  static opened(owner: Owner): Promise<Keeping> {
    return Keeping.stored(owner).catch(() => new Keeping(null, "", null));
  }

  private static async stored({ person, consult_id, keeping_key }: Owner): Promise<Keeping> {
    const theirs = `${PREFIX}${person.id}.`;
    const room = `${theirs}${consult_id}.`;
    const cipher = await cipherOf(keeping_key);
    if (cipher === null) {
      const keeping = new Keeping(null, `${room}tab`, sessionStorage);
      keeping.take(read<Texts>(sessionStorage, keeping.place) ?? {});
      return keeping;
    }
    const page = hex(crypto.getRandomValues(new Uint8Array(8)));
    const keeping = new Keeping(cipher, room + page, localStorage);
    sweep();
    void claimed(page);
    await keeping.takeOver(cipher, room);
    attempt(() => sessionStorage.setItem(LAST_PAGE, page));
    keeping.watch(theirs);
    return keeping;
  }

  getItem(name: string): string | null {
    return this.texts.get(name) ?? null;
  }

  setItem(name: string, text: string): void {
    if (this.texts.get(name) === text) return;
    this.texts.set(name, text);
    this.changed();
  }

  removeItem(name: string): void {
    if (this.texts.delete(name)) this.changed();
  }

  /** Once more what is in the page: signing out in another tab has emptied the storage. */
  again(): void {
    const { storage } = this;
    if (storage === null) return;
    attempt(() => {
      if (this.written === "") storage.removeItem(this.place);
      else storage.setItem(this.place, this.written);
      if ((storage.getItem(this.place) ?? "") !== this.written) return;
      for (const place of this.left.splice(0)) storage.removeItem(place);
    });
  }

  private changed(): void {
    this.at = Date.now();
    void this.write();
  }

  /** Older ones than what is here. false: words for some people do not go below words for others. */
  private take(older: Texts): boolean {
    const here = Object.fromEntries(this.texts);
    const only = older[ONLY];
    if (only !== undefined && speaks(older)) {
      if (speaks(here) && (here[ONLY] ?? only) !== only) return false;
      this.texts.set(ONLY, only);
    }
    for (const [name, text] of Object.entries(older)) {
      const newer = this.texts.get(name);
      this.texts.set(name, newer === undefined ? text : joined(name, newer, text));
    }
    return true;
  }

  private async takeOver(cipher: CryptoKey, room: string): Promise<void> {
    const places = placesOf(room);
    if (places.length === 0) return;
    const last = sessionStorage.getItem(LAST_PAGE);
    const hasEnded = last !== null && (await claimed(last, ENDING_MS)); // and let go of what it had claimed itself
    for (const place of places) {
      const page = place.slice(room.length);
      if (!(page === last ? hasEnded : await claimed(page))) continue;
      const found = await opened(cipher, place);
      if (found === null || !this.take(found.texts)) continue; // it goes when it is old
      this.at = Math.min(this.at, found.at);
      this.left.push(place);
    }
    if (this.left.length > 0) await this.write();
  }

  /** One after another, and what changed meanwhile once. */
  private async write(): Promise<void> {
    this.isStale = true;
    this.isLeaving = false;
    if (this.isWriting) return;
    this.isWriting = true;
    while (this.isStale) {
      this.isStale = false;
      this.written = await this.sealed();
      this.again();
    }
    this.isWriting = false;
  }

  private async sealed(): Promise<string> {
    if (this.texts.size === 0) return "";
    const text = JSON.stringify(Object.fromEntries(this.texts));
    if (this.cipher === null) return text;
    const { iv, sealed } = await seal(this.cipher, new TextEncoder().encode(text));
    const entry: Entry = { at: this.at, iv: hex(iv), sealed: hex(new Uint8Array(sealed)) };
    return JSON.stringify(entry);
  }

  /** A page that is loaded anew after a sign-out elsewhere finds its words; who signs out here leaves nothing. */
  private watch(theirs: string): void {
    addEventListener("pagehide", () => this.isLeaving || this.again());
    addEventListener("submit", ({ target }) => {
      if (!(target as Element).matches('[action="/sign-out"]')) return;
      this.isLeaving = true;
      attempt(() => {
        for (const place of placesOf(theirs)) localStorage.removeItem(place);
      });
    });
  }
}

/** Whether it holds the next line, or a part of it. */
function speaks(texts: Texts): boolean {
  return SAID in texts || FILES in texts;
}

/** Nothing that somebody wrote is left out. */
function joined(name: string, newer: string, older: string): string {
  if (name === OUTBOX || name === FILES) return JSON.stringify([...JSON.parse(older), ...JSON.parse(newer)]);
  if (CHOICES.test(name) || newer.includes(older)) return newer;
  return older.includes(newer) ? older : `${newer}\n\n${older}`;
}

/** Newest first. */
function placesOf(start: string): string[] {
  const found = Object.keys(localStorage).filter((name) => name.startsWith(start));
  const at = (name: string): number => read<Entry>(localStorage, name)?.at ?? 0;
  return found.sort((one, other) => at(other) - at(one));
}

function sweep(): void {
  for (const place of placesOf(PREFIX))
    if ((read<Entry>(localStorage, place)?.at ?? 0) < Date.now() - LEFT_BEHIND_MS)
      localStorage.removeItem(place);
}

async function opened(cipher: CryptoKey, place: string): Promise<{ at: number; texts: Texts } | null> {
  const entry = read<Entry>(localStorage, place);
  if (entry === null) return null;
  const bytes = await unseal(cipher, { iv: unhex(entry.iv), sealed: unhex(entry.sealed).buffer });
  return bytes && { at: entry.at, texts: JSON.parse(new TextDecoder().decode(bytes)) };
}

/**
 * Whether the page's words are this page's from now on, as its own are. The browser lets go of them when this page is
 * no more, however it ends. A page that was in this tab may be ending just now; or the tab is the copy of one that lives.
 */
function claimed(page: string, patience = 0): Promise<boolean> {
  if (navigator.locks === undefined) return Promise.resolve(true);
  const options = patience > 0 ? { signal: AbortSignal.timeout(patience) } : { ifAvailable: true };
  return new Promise((resolve) => {
    const given = (lock: Lock | null): Promise<never> | null => {
      resolve(lock !== null);
      return lock && new Promise(() => undefined);
    };
    navigator.locks.request(PREFIX + page, options, given).catch(() => resolve(false));
  });
}

function read<T>(storage: Storage, name: string): T | null {
  try {
    return JSON.parse(storage.getItem(name) ?? "null");
  } catch {
    return null;
  }
}

/** Storage may be full or forbidden: then it is in the page alone. */
function attempt(act: () => void): void {
  try {
    act();
  } catch {
    // as it is
  }
}
