import { expect, it } from "vitest";
import { Drafts } from "../../src/consult/drafts";
import { memoryStorage } from "./cast";

it("a half-written opinion survives a reload and is gone once the server has it", () => {
  const storage = memoryStorage();
  new Drafts(storage).of("opinion").value = "Không thấy xuất huyết";
  const reloaded = new Drafts(storage).of("opinion");
  expect(reloaded.value).toBe("Không thấy xuất huyết");
  reloaded.value = "";
  expect(new Drafts(storage).of("opinion").value).toBe("");
});
