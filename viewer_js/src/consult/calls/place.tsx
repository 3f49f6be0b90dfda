/** Where the call stands in the panel. Its code comes after the room is there. */

import { lazy } from "../../ui/lazy";

export const CallPlace = lazy(async () => (await import("./call_panel")).CallPanel, "quiet");
