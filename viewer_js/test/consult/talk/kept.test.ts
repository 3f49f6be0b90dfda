import { afterEach, expect, it, vi } from "vitest";
import { KeptBytes } from "../../../src/consult/talk/kept";

afterEach(() => vi.unstubAllGlobals());

it("where the browser forbids storage the bytes live in the page", async () => {
  const open = (): never => {
    throw new DOMException("", "SecurityError");
  };
  vi.stubGlobal("indexedDB", { open });
  const kept = new KeptBytes(Promise.resolve(null));
  const bytes = new Blob(["voice"]);
  await kept.put("key", bytes);
  expect(await kept.get("key")).toBe(bytes);
  await kept.drop("key");
  expect(await kept.get("key")).toBeNull();
});
