import { msg } from "../i18n/translate";
import { markTool } from "./drawing";

export const angle = markTool("angle", { name: msg("Angle"), key: "a", icon: "angle" });
