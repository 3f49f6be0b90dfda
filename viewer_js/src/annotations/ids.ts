/** Identifiers as the server makes them (app/base/ids.py): milliseconds, then 80 random bits, 26 letters. */

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

export function newId(now = Date.now()): string {
  let id = "";
  for (let shift = 45; shift >= 0; shift -= 5) id += ALPHABET[Math.floor(now / 2 ** shift) % 32];
  for (const byte of crypto.getRandomValues(new Uint8Array(16))) id += ALPHABET[byte % 32];
  return id;
}
