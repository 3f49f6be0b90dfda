import { effect, type Signal, signal } from "@preact/signals";

/** Text somebody is writing, kept (keeping.ts) until the server has it, through reloads and broken lines. */
export class Drafts {
  private readonly storage: Pick<Storage, "getItem" | "removeItem" | "setItem">;
  private readonly open = new Map<string, Signal<string>>();

  constructor(storage: Drafts["storage"]) {
    this.storage = storage;
  }

  /** The draft of one field; the same signal for the same name. */
  of(name: string): Signal<string> {
    const known = this.open.get(name);
    if (known !== undefined) return known;
    const key = `draft.${name}`;
    const draft = signal(this.storage.getItem(key) ?? "");
    effect(() => {
      if (draft.value === "") this.storage.removeItem(key);
      else this.storage.setItem(key, draft.value);
    });
    this.open.set(name, draft);
    return draft;
  }
}
