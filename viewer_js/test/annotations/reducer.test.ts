import { describe, expect, it } from "vitest";
import { type MarkAction, type Marks, reduce } from "../../src/annotations/reducer";
import { mark, OTHER } from "./marks";

const LINE = mark("length", [
  [0, 0],
  [1, 1],
]);

function marksAfter(...actions: MarkAction[]): Marks {
  return actions.reduce(reduce, new Map() as Marks);
}

function revised(revision: number, text = "") {
  return { ...LINE, revision, text };
}

describe("marks of others", () => {
  it("appear, change and go by the server's word", () => {
    const theirs = { ...LINE, author: OTHER };
    const marks = marksAfter(
      { type: "applied", annotation: theirs },
      { type: "applied", annotation: { ...theirs, revision: 2, deleted: true } },
    );
    expect(marks.get("m1")?.shown.deleted).toBe(true);
  });

  it("never go back to an older revision", () => {
    const marks = marksAfter(
      { type: "applied", annotation: revised(3, "new") },
      { type: "applied", annotation: revised(2) },
    );
    expect(marks.get("m1")?.shown.text).toBe("new");
  });
});

describe("an own change", () => {
  it("is shown at once and stays while the server has not answered", () => {
    const marks = marksAfter(
      { type: "applied", annotation: revised(1) },
      { type: "put", annotation: revised(1, "mine") },
      { type: "applied", annotation: revised(2, "from my other window") },
    );
    expect(marks.get("m1")).toMatchObject({
      shown: { text: "mine" },
      confirmed: { revision: 2 },
      pending: 1,
    });
  });

  it("becomes what the server keeps", () => {
    const marks = marksAfter(
      { type: "put", annotation: revised(0, "mine") },
      { type: "confirmed", annotation: revised(1, "mine, kept") },
    );
    expect(marks.get("m1")).toMatchObject({ shown: { text: "mine, kept", revision: 1 }, pending: 0 });
  });

  it("made twice waits for both answers", () => {
    const marks = marksAfter(
      { type: "put", annotation: revised(0, "one") },
      { type: "put", annotation: revised(0, "two") },
      { type: "confirmed", annotation: revised(1, "one") },
    );
    expect(marks.get("m1")).toMatchObject({ shown: { text: "two" }, pending: 1 });
  });

  it("that is refused falls back to what the server said last", () => {
    const marks = marksAfter(
      { type: "applied", annotation: revised(4, "kept") },
      { type: "put", annotation: revised(4, "mine") },
      { type: "refused", id: "m1" },
    );
    expect(marks.get("m1")?.shown.text).toBe("kept");
  });

  it("that is refused is gone when it was new", () => {
    expect(marksAfter({ type: "put", annotation: revised(0) }, { type: "refused", id: "m1" }).size).toBe(0);
  });
});

describe("a fresh list from the server", () => {
  it("replaces what is known of its study and leaves the other studies", () => {
    const elsewhere = { ...LINE, id: "m2", study_id: "t" };
    const gone = { ...LINE, id: "m3" };
    const marks = marksAfter(
      { type: "reset", study_id: null, annotations: [LINE, elsewhere, gone] },
      { type: "reset", study_id: "s", annotations: [revised(2, "new")] },
    );
    expect([...marks.keys()]).toEqual(["m1", "m2"]);
    expect(marks.get("m1")?.shown.text).toBe("new");
  });

  it("keeps what is on its way", () => {
    const marks = marksAfter(
      { type: "put", annotation: revised(0) },
      { type: "reset", study_id: null, annotations: [] },
    );
    expect(marks.has("m1")).toBe(true);
  });
});

it("never changes the marks it was given", () => {
  const before = marksAfter({ type: "applied", annotation: LINE });
  const copy = new Map(before);
  reduce(before, { type: "put", annotation: revised(1, "other") });
  expect(before).toEqual(copy);
});
