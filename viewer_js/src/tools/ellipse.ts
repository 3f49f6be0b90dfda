import { msg } from "../i18n/translate";
import { markTool } from "./drawing";

export const ellipse = markTool("ellipse", { name: msg("Ellipse with values"), key: "e", icon: "ellipse" });
