import { effect, type Signal, signal } from "@preact/signals";

/**
 * Text somebody is writing. It lives in this tab until the server has it, through reloads and broken lines; the key
 * holds the person, so that the next user of a ward PC never finds another's words.
 */
export class Drafts {
  private readonly prefix: string;
  private readonly storage: Pick<Storage, "getItem" | "removeItem" | "setItem">;
  private readonly open = new Map<string, Signal<string>>();

  constructor(consultId: string, personId: string, storage: Drafts["storage"] = sessionStorage) {
    this.prefix = `hoichan.draft.${personId}.${consultId}.`;
    this.storage = storage;
  }

  /** The draft of one field; the same signal for the same name. */
  of(name: string): Signal<string> {
    const known = this.open.get(name);
    if (known !== undefined) return known;
    const key = this.prefix + name;
    const draft = signal(this.storage.getItem(key) ?? "");
    effect(() => this.keep(key, draft.value));
    this.open.set(name, draft);
    return draft;
  }

  /** Once more what is in the page: signing out in another tab has emptied the storage of this one as well. */
  keepAll(): void {
    for (const [name, draft] of this.open) this.keep(this.prefix + name, draft.value);
  }

  private keep(key: string, text: string): void {
    try {
      if (text === "") this.storage.removeItem(key);
      else this.storage.setItem(key, text);
    } catch {
      // Storage full or forbidden: the text stays in the page.
    }
  }
}
