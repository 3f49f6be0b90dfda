/** Whatever draws, finds, edits and measures marks: fetched after the first image, or for the first mark. */

import { Later } from "../api/later";

export const markHands = new Later(() => import("./mark_code"));
