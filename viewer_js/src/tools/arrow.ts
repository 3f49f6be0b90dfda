import { msg } from "../i18n/translate";
import { markTool } from "./drawing";

export const arrow = markTool("arrow", { name: msg("Arrow"), key: "d", icon: "arrow" });
