/** The answer of /previews: u32 frame index, u32 length, JPEG, again and again; read while it arrives. */

export interface PreviewRecord {
  index: number;
  /** null: the server cannot draw this frame */
  jpeg: Uint8Array<ArrayBuffer> | null;
}

const HEADER = 8;
const LARGEST = 4 * 1024 * 1024;

export class PreviewReader {
  #rest = new Uint8Array(0);

  /** The records that are whole now. */
  push(chunk: Uint8Array): PreviewRecord[] {
    const bytes = new Uint8Array(this.#rest.length + chunk.length);
    bytes.set(this.#rest);
    bytes.set(chunk, this.#rest.length);
    const view = new DataView(bytes.buffer);
    const records: PreviewRecord[] = [];
    let at = 0;
    while (at + HEADER <= bytes.length) {
      const length = view.getUint32(at + 4, true);
      if (length > LARGEST) throw new Error(`a preview of ${length} bytes`);
      if (at + HEADER + length > bytes.length) break;
      const jpeg = length === 0 ? null : bytes.slice(at + HEADER, at + HEADER + length);
      records.push({ index: view.getUint32(at, true), jpeg });
      at += HEADER + length;
    }
    this.#rest = bytes.slice(at);
    return records;
  }
}
