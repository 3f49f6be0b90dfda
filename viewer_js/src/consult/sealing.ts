/** What lies on a disk that others use too is enciphered. Pages that came over plain http are given no cipher: null. */

export interface Sealed {
  readonly iv: Uint8Array<ArrayBuffer>;
  readonly sealed: ArrayBuffer;
}

export type Cipher = CryptoKey | null;

/** `key`: 256 bits in hexadecimal. */
export async function cipherOf(key: string): Promise<Cipher> {
  if (globalThis.crypto?.subtle === undefined) return null;
  return crypto.subtle
    .importKey("raw", unhex(key), "AES-GCM", false, ["decrypt", "encrypt"])
    .catch(() => null);
}

export async function seal(cipher: CryptoKey, bytes: BufferSource): Promise<Sealed> {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  return { iv, sealed: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, cipher, bytes) };
}

/** null: sealed with another key, or changed. */
export function unseal(cipher: CryptoKey, { iv, sealed }: Sealed): Promise<ArrayBuffer | null> {
  return crypto.subtle.decrypt({ name: "AES-GCM", iv }, cipher, sealed).catch(() => null);
}

export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function unhex(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
}
