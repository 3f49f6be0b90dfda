/**
 * The letters of every page: Be Vietnam Pro, Latin and Vietnamese, copied beside the scripts so that no
 * browser asks a foreign host. Licence: SIL Open Font License 1.1, copied along.
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

const PACKAGE = join(import.meta.dirname, "../node_modules/@fontsource/be-vietnam-pro");
const FILES = ["latin", "vietnamese"].flatMap((subset) =>
  [400, 600].map((weight) => `be-vietnam-pro-${subset}-${weight}-normal.woff2`),
);

export function fonts(): Plugin {
  return {
    name: "hoichan-fonts",
    generateBundle() {
      for (const file of FILES) {
        const source = readFileSync(join(PACKAGE, "files", file));
        this.emitFile({ type: "asset", fileName: `fonts/${file}`, source });
      }
      const licence = readFileSync(join(PACKAGE, "LICENSE"));
      this.emitFile({ type: "asset", fileName: "fonts/LICENSE", source: licence });
    },
  };
}
