import { expect, it } from "vitest";
import { Drafts } from "../../src/consult/drafts";
import { memoryStorage } from "./cast";

it("a half-written opinion survives a reload and is gone once the server has it", () => {
  const storage = memoryStorage();
  new Drafts("consult", "lan", storage).of("opinion").value = "Không thấy xuất huyết";
  const reloaded = new Drafts("consult", "lan", storage).of("opinion");
  expect(reloaded.value).toBe("Không thấy xuất huyết");
  reloaded.value = "";
  expect(new Drafts("consult", "lan", storage).of("opinion").value).toBe("");
});

it("the next person at the same computer finds nothing of it", () => {
  const storage = memoryStorage();
  new Drafts("consult", "lan", storage).of("opinion").value = "Không thấy xuất huyết";
  expect(new Drafts("consult", "minh", storage).of("opinion").value).toBe("");
  expect(new Drafts("other", "lan", storage).of("opinion").value).toBe("");
});

it("what was written is kept once more when another tab has signed out and emptied the storage", () => {
  const storage = memoryStorage();
  const drafts = new Drafts("consult", "lan", storage);
  drafts.of("opinion").value = "Không thấy xuất huyết";
  for (const name of ["opinion"]) storage.removeItem(`hoichan.draft.lan.consult.${name}`);
  expect(new Drafts("consult", "lan", storage).of("opinion").value).toBe("");
  drafts.keepAll();
  expect(new Drafts("consult", "lan", storage).of("opinion").value).toBe("Không thấy xuất huyết");
});
