/**
 * Bytes of files and voices that the server has not got yet. They outlive a reload of this tab and nothing else: on the
 * disk they lie enciphered with a key that only this tab's session storage holds, for on a ward PC the next person has
 * the same disk. Where a browser gives no cipher or no storage they live in the page alone.
 */

const STORE = "bytes";
const KEY = "hoichan.bytes.key";
/** What a closed tab has left behind can be read by nobody and is cleared away. */
const LEFT_BEHIND_MS = 7 * 24 * 3600_000;

interface Row {
  readonly at: number;
  readonly type: string;
  readonly iv: Uint8Array<ArrayBuffer>;
  readonly sealed: ArrayBuffer;
}

export class KeptBytes {
  private readonly here = new Map<string, Blob>();
  private readonly base = opened();

  async put(name: string, bytes: Blob): Promise<void> {
    this.here.set(name, bytes);
    const [base, key] = await Promise.all([this.base, sealingKey()]);
    if (base === null || key === null) return;
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, await bytes.arrayBuffer());
    const row: Row = { at: Date.now(), type: bytes.type, iv, sealed };
    await asked(base.transaction(STORE, "readwrite").objectStore(STORE).put(row, name)).catch(
      () => undefined,
    );
  }

  /** null: they are nowhere any more. */
  async get(name: string): Promise<Blob | null> {
    const held = this.here.get(name);
    if (held !== undefined) return held;
    const [base, key] = await Promise.all([this.base, sealingKey()]);
    if (base === null || key === null) return null;
    const row: Row | undefined = await asked(base.transaction(STORE).objectStore(STORE).get(name));
    if (row === undefined) return null;
    try {
      const bytes = await crypto.subtle.decrypt({ name: "AES-GCM", iv: row.iv }, key, row.sealed);
      return new Blob([bytes], { type: row.type });
    } catch {
      return null; // of another tab
    }
  }

  async drop(name: string): Promise<void> {
    this.here.delete(name);
    const base = await this.base;
    if (base === null) return;
    await asked(base.transaction(STORE, "readwrite").objectStore(STORE).delete(name)).catch(() => undefined);
  }
}

function opened(): Promise<IDBDatabase | null> {
  return new Promise((resolve) => {
    if (typeof indexedDB === "undefined") {
      resolve(null);
      return;
    }
    const opening = indexedDB.open("hoichan.unsent", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
    opening.onerror = () => resolve(null); // a private window of some browsers
    opening.onsuccess = () => {
      sweep(opening.result);
      resolve(opening.result);
    };
  });
}

function sweep(base: IDBDatabase): void {
  const walk = base.transaction(STORE, "readwrite").objectStore(STORE).openCursor();
  walk.onsuccess = () => {
    const place = walk.result;
    if (place === null) return;
    if ((place.value as Row).at < Date.now() - LEFT_BEHIND_MS) place.delete();
    place.continue();
  };
}

function asked<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Made once for a tab. Pages that came over plain http are given no cipher. */
async function sealingKey(): Promise<CryptoKey | null> {
  if (globalThis.crypto?.subtle === undefined) return null;
  try {
    const held = sessionStorage.getItem(KEY) ?? hex(crypto.getRandomValues(new Uint8Array(32)));
    sessionStorage.setItem(KEY, held);
    return await crypto.subtle.importKey("raw", unhex(held), "AES-GCM", false, ["decrypt", "encrypt"]);
  } catch {
    return null; // no session storage: nothing outlives this page
  }
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function unhex(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
}
