/**
 * Bytes of files and voices that the server has not got yet. On the disk they lie enciphered as what is written does
 * (keeping.ts). Where a browser gives no cipher or no storage they live in the page alone.
 */

import { type Cipher, type Sealed, seal, unseal } from "../sealing";

const STORE = "bytes";
/** What nobody came back for is cleared away. */
const LEFT_BEHIND_MS = 7 * 24 * 3600_000;

interface Row extends Sealed {
  readonly at: number;
  readonly type: string;
}

export class KeptBytes {
  private readonly here = new Map<string, Blob>();
  private readonly base = opened();
  private readonly cipher: Promise<Cipher>;

  constructor(cipher: Promise<Cipher>) {
    this.cipher = cipher;
  }

  async put(name: string, bytes: Blob): Promise<void> {
    this.here.set(name, bytes);
    const [base, cipher] = await Promise.all([this.base, this.cipher]);
    if (base === null || cipher === null) return;
    const sealed = await seal(cipher, await bytes.arrayBuffer());
    const row: Row = { at: Date.now(), type: bytes.type, ...sealed };
    await asked(base.transaction(STORE, "readwrite").objectStore(STORE).put(row, name)).catch(
      () => undefined,
    );
  }

  /** null: they are nowhere any more. */
  async get(name: string): Promise<Blob | null> {
    const held = this.here.get(name);
    if (held !== undefined) return held;
    const [base, cipher] = await Promise.all([this.base, this.cipher]);
    if (base === null || cipher === null) return null;
    const row: Row | undefined = await asked(base.transaction(STORE).objectStore(STORE).get(name));
    const bytes = row && (await unseal(cipher, row));
    return bytes ? new Blob([bytes], { type: row.type }) : null;
  }

  async drop(name: string): Promise<void> {
    this.here.delete(name);
    const base = await this.base;
    if (base === null) return;
    await asked(base.transaction(STORE, "readwrite").objectStore(STORE).delete(name)).catch(() => undefined);
  }
}

function opened(): Promise<IDBDatabase | null> {
  const base = new Promise<IDBDatabase | null>((resolve) => {
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
  return base.catch(() => null); // forbidden
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
