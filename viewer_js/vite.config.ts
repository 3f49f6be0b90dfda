import { defineConfig } from "vitest/config";
import { chunks } from "./build/chunks.ts";
import { fonts } from "./build/fonts.ts";
import { messages, WORDS } from "./build/messages.ts";
import { ENTRIES } from "./build/reach.ts";
import { sizes } from "./build/sizes.ts";

export default defineConfig({
  base: "./",
  plugins: [fonts(), messages(), sizes()],
  build: {
    outDir: "../app/web/static/viewer",
    emptyOutDir: true,
    manifest: "manifest.json",
    target: "es2022",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rollupOptions: { input: { ...ENTRIES, ...WORDS }, output: { codeSplitting: { groups: chunks() } } },
  },
  test: {
    environment: "node", // a page is made only for the files that say so: making it takes longer than most tests
    setupFiles: ["test/words.ts"],
    maxWorkers: "100%",
    testTimeout: 30_000, // some read the whole tree, and a busy machine takes its time
    include: ["test/**/*.test.ts", "test/**/*.test.tsx"],
  },
});
