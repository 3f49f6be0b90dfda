import { existsSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { fonts } from "./build/fonts.ts";
import { messages } from "./build/messages.ts";

/** Entry point -> source; a page asks for it by this name through manifest.json. */
const ENTRIES = {
  viewer: "src/viewer.tsx",
  room: "src/room.tsx",
  studies: "src/studies/main.ts",
};

function presentEntries(): Record<string, string> {
  const paths = Object.entries(ENTRIES).map(
    ([name, path]) => [name, join(import.meta.dirname, path)] as const,
  );
  return Object.fromEntries(paths.filter(([, path]) => existsSync(path)));
}

export default defineConfig({
  base: "./",
  plugins: [fonts(), messages()],
  build: {
    outDir: "../app/web/static/viewer",
    emptyOutDir: true,
    manifest: "manifest.json",
    target: "es2022",
    modulePreload: false,
    assetsInlineLimit: 0,
    rollupOptions: { input: presentEntries() },
  },
  test: {
    environment: "happy-dom",
    include: ["test/**/*.test.ts", "test/**/*.test.tsx"],
  },
});
