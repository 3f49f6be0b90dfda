import { msg } from "../i18n/translate";
import { markTool } from "./drawing";

export const length = markTool("length", { name: msg("Length"), key: "l", icon: "length" });
