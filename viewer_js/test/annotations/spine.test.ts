import { expect, it } from "vitest";
import { nextVertebra, VERTEBRAE } from "../../src/annotations/spine";
import { mark, OTHER } from "./marks";

const labels = (...texts: string[]) => texts.map((text) => mark("spine_label", [[0, 0]], { text }));
const next = (...texts: string[]) => nextVertebra(labels(...texts), "s", "me");

it("goes on downwards, or upwards when the last two went upwards", () => {
  expect([next("C7"), next("T11", "T12"), next("L5", "L4"), next("l5")]).toEqual(["T1", "L1", "L3", "S1"]);
});

it("asks for the first one, and after the last", () => {
  expect([next(), next("S4", "S5"), next("gù")]).toEqual([null, null, null]);
});

it("counts one's own labels of the same study alone", () => {
  const theirs = mark("spine_label", [[0, 0]], { text: "C2", author: OTHER });
  const elsewhere = mark("spine_label", [[0, 0]], { text: "C2", study_id: "other" });
  expect(nextVertebra([...labels("L1"), theirs, elsewhere], "s", "me")).toBe("L2");
});

it("knows the 29 vertebrae", () => expect(VERTEBRAE).toHaveLength(29));
