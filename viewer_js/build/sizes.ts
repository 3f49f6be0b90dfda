/** `npm run sizes`: which modules the first image waits for, largest first. tests/bench/weight.py adds up the files. */

import { relative } from "node:path";
import type { Plugin } from "vite";
import { SOURCES } from "./reach.ts";

const SHOWN = 40;

export function sizes(): Plugin {
  return {
    name: "hoichan-sizes",
    apply: (_config, { mode }) => mode === "sizes",
    generateBundle(_options, bundle) {
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== "chunk" || chunk.isDynamicEntry) continue;
        process.stdout.write(`\n${chunk.fileName}: ${chunk.code.length} characters\n`);
        const modules = Object.entries(chunk.modules)
          .map(([id, { renderedLength }]) => ({ id: relative(SOURCES, id), renderedLength }))
          .sort((one, other) => other.renderedLength - one.renderedLength);
        for (const { id, renderedLength } of modules.slice(0, SHOWN))
          process.stdout.write(`  ${renderedLength}\t${id}\n`);
      }
    },
  };
}
