/** The files of what was dropped or chosen, folders walked to their ends. */

import type { LocalFile } from "./sender";

export function chosenFiles(input: HTMLInputElement): LocalFile[] {
  return Array.from(input.files ?? []).map((file) => ({ name: file.webkitRelativePath || file.name, file }));
}

/** Must be called inside the drop event: its items are gone afterwards. */
export async function droppedFiles(transfer: DataTransfer): Promise<LocalFile[]> {
  const entries = Array.from(transfer.items).flatMap((item) => item.webkitGetAsEntry() ?? []);
  const found: LocalFile[] = [];
  for (const entry of entries) await walk(entry, found);
  return found;
}

async function walk(entry: FileSystemEntry, found: LocalFile[]): Promise<void> {
  if (entry.isFile) {
    const file = await new Promise<File>((done, fail) => (entry as FileSystemFileEntry).file(done, fail));
    found.push({ name: entry.fullPath.replace(/^\//, ""), file });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  // A reader hands out a folder in pieces (Chromium: a hundred) and says the end with an empty one.
  for (let piece = await readPiece(reader); piece.length > 0; piece = await readPiece(reader)) {
    for (const child of piece) await walk(child, found);
  }
}

function readPiece(reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> {
  return new Promise((done, fail) => reader.readEntries(done, fail));
}
