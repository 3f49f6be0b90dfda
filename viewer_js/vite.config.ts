import { defineConfig } from "vitest/config";
import { fonts } from "./build/fonts.ts";
import { messages } from "./build/messages.ts";

/** Entry point -> source; a page asks for it by this name through manifest.json. */
const ENTRIES = {
  viewer: "src/viewer.tsx",
  room: "src/room.tsx",
  studies: "src/studies/main.ts",
};

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
    rollupOptions: { input: ENTRIES },
  },
  test: {
    environment: "happy-dom",
    include: ["test/**/*.test.ts", "test/**/*.test.tsx"],
  },
});
