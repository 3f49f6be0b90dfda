import { msg, t } from "../../i18n/translate";
import type { Room } from "../room";

const MOST = 10;
const TOO_MANY = msg("A line carries at most {count} files.");

/** For the next line; what cannot be sent is told. */
export function addFiles({ carry, files, viewer }: Room, chosen: Iterable<File>): void {
  const keep = async (): Promise<void> => {
    const keeper = await files.fetch();
    for (const file of chosen) {
      if (carry.files.length >= MOST) throw new Error(t(TOO_MANY, { count: MOST }));
      const kept = await keeper.keep(file);
      carry.files = [...carry.files, kept];
    }
  };
  keep().catch((error: Error) => viewer.notify(error.message));
}
