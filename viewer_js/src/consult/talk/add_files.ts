import { msg, t } from "../../i18n/translate";
import type { Room } from "../room";
import type { RoomState } from "../wire";

const MOST = 10;
const TOO_MANY = msg("A line carries at most {count} files.");

/** A guest who may not know the patient: neither files nor voices go to them or come from them. */
export function isNameless({ consult }: RoomState): boolean {
  return consult.patient.name === "" && consult.patient.id === "";
}

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
