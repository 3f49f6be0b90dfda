import { msg } from "../i18n/translate";
import { markTool } from "./drawing";

export const text = markTool("text", { name: msg("Text"), key: "t", icon: "text" });
