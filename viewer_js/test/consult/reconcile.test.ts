import { describe, expect, it } from "vitest";
import { decide, type LocalChange, sameMark, visibleMarks } from "../../src/consult/reconcile";
import { mark } from "./cast";

function put(base: number, id = "a"): LocalChange {
  return { kind: "put", annotation: mark(id, { text: "tôi" }), base };
}

const NOBODY = { remote: [], local: new Map() };

describe("one annotation, two versions", () => {
  it("shows the server's when there is no other", () => {
    expect(decide(mark("a"), undefined)).toBe("remote");
  });

  it("shows a change the server has not seen yet", () => {
    expect(decide(undefined, put(0))).toBe("local");
    expect(decide(mark("a", { revision: 3 }), put(3))).toBe("local");
  });

  it("lets the server's newer revision win", () => {
    expect(decide(mark("a", { revision: 4 }), put(3))).toBe("remote");
  });

  it("lets the server's deletion win", () => {
    expect(decide(undefined, put(3))).toBe("remote");
  });

  it("knows its own echo by geometry and text, not by what the server adds", () => {
    expect(
      sameMark(
        mark("a"),
        mark("a", { revision: 2, values: { length: 14.1, unit: "mm", at_detector: false } }),
      ),
    ).toBe(true);
    expect(sameMark(mark("a"), mark("a", { text: "khác" }))).toBe(false);
    expect(sameMark(mark("a"), mark("a", { points: [[10, 10]] }))).toBe(false);
  });
});

describe("the marks on the screen", () => {
  it("leave out what was deleted, there or here", () => {
    const local = new Map<string, LocalChange>([["b", { kind: "delete", annotation: mark("b"), base: 1 }]]);
    const remote = [mark("a", { deleted: true }), mark("b", { revision: 1 }), mark("c")];
    expect(visibleMarks({ ...NOBODY, remote, local }).map(({ id }) => id)).toEqual(["c"]);
  });

  it("show an unsent change in the place of the server's version", () => {
    const remote = [mark("a", { revision: 3 }), mark("b")];
    const shown = visibleMarks({ ...NOBODY, remote, local: new Map([["a", put(3)]]) });
    expect(shown.map(({ id, text }) => [id, text])).toEqual([
      ["a", "tôi"],
      ["b", ""],
    ]);
  });
});
