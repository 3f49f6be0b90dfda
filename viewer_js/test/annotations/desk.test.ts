import { beforeAll, describe, expect, it } from "vitest";
import { MarkDesk } from "../../src/annotations/desk";
import type { Annotation } from "../../src/annotations/model";
import type { AnnotationPort } from "../../src/api/viewer_app";
import type { Frame } from "../../src/stream/stack";
import { markHands } from "../../src/tools/mark_hands";
import { instance, series, study } from "../manifests";
import { ME, mark, OTHER } from "./marks";

beforeAll(async () => void (await markHands.fetch()));

const FRAME = study(series("a", [instance(1)])).stacks[0]?.frames[0] as Frame;

/** Keeps marks as the server does, and may be made to refuse. */
class Server implements AnnotationPort {
  readonly said: string[] = [];
  readonly kept = new Map<string, Annotation>();
  readonly sketches: Annotation[] = [];
  refuses: Error | null = null;

  async put(annotation: Annotation): Promise<Annotation> {
    this.said.push(`put ${annotation.revision}`);
    if (this.refuses) throw this.refuses;
    const kept = { ...annotation, revision: annotation.revision + 1 };
    this.kept.set(kept.id, kept);
    return kept;
  }

  async delete({ id, revision }: Annotation): Promise<void> {
    this.said.push(`delete ${revision}`);
    this.kept.delete(id);
  }

  sketch(annotation: Annotation): void {
    this.sketches.push(annotation);
  }
}

function desk(person = ME) {
  const server = new Server();
  const errors: string[] = [];
  const made = new MarkDesk({
    person,
    port: server,
    measure: async (annotation) => annotation,
    onError: (message) => errors.push(message),
  });
  return { desk: made, server, errors };
}

const answers = () => new Promise((done) => setTimeout(done));

function drawn(at: MarkDesk): Annotation {
  const annotation = {
    ...at.start("length", "POLYLINE", FRAME, [[1, 1]]),
    points: [
      [1, 1],
      [9, 9],
    ],
  } as Annotation;
  at.commit(annotation);
  return annotation;
}

describe("a new mark", () => {
  it("is shown at once, sent, selected, and has the server's revision afterwards", async () => {
    const { desk: at, server } = desk();
    drawn(at);
    expect(at.on(FRAME)).toHaveLength(1);
    await answers();
    expect(server.said).toEqual(["put 0"]);
    expect(at.selected.value?.revision).toBe(1);
  });

  it("changed before the first answer starts from the revision that answer brings", async () => {
    const { desk: at, server } = desk();
    const annotation = drawn(at);
    at.commit({ ...annotation, text: "two" });
    at.commit({ ...annotation, text: "three" });
    await answers();
    expect(server.said).toEqual(["put 0", "put 1", "put 2"]);
    expect(at.all.value[0]).toMatchObject({ text: "three", revision: 3 });
  });

  it("that is refused disappears, and its author is told why", async () => {
    const { desk: at, server, errors } = desk();
    server.refuses = new Error("No more marks.");
    drawn(at);
    await answers();
    expect(at.all.value).toEqual([]);
    expect(errors).toEqual(["No more marks."]);
  });

  it("without words is none when it is a text, and stays when it is an arrow", () => {
    const { desk: at } = desk();
    at.typing.value = at.start("text", "POINT", FRAME, [[1, 1]]);
    at.endTyping("");
    expect(at.all.value).toHaveLength(0);
    at.typing.value = at.start("arrow", "POLYLINE", FRAME, [[1, 1]]);
    at.endTyping(null);
    expect(at.all.value).toHaveLength(1);
  });
});

describe("undo", () => {
  it("takes back a new mark, a change and a removal", async () => {
    const { desk: at } = desk();
    const annotation = drawn(at);
    await answers();
    at.commit({ ...(at.selected.value as Annotation), text: "changed" });
    await answers();
    at.remove(at.selected.value as Annotation);
    expect(at.all.value).toHaveLength(0);
    at.undo();
    await answers();
    expect(at.all.value[0]?.text).toBe("changed");
    // a removed mark stays removed on the server: what comes back is a new one
    expect(at.all.value[0]?.id).not.toBe(annotation.id);
  });

  it("of a change brings the old points back", async () => {
    const { desk: at } = desk();
    drawn(at);
    await answers();
    const before = at.selected.value as Annotation;
    at.commit({
      ...before,
      points: [
        [0, 0],
        [2, 2],
      ],
    } as Annotation);
    await answers();
    at.undo();
    expect(at.all.value[0]?.points).toEqual(before.points);
  });

  it("of a new mark removes it, and with nothing left does nothing", async () => {
    const { desk: at, server } = desk();
    drawn(at);
    await answers();
    at.undo();
    at.undo();
    await answers();
    expect(at.all.value).toEqual([]);
    expect(server.kept.size).toBe(0);
  });
});

describe("redo", () => {
  it("does again what was undone, also when undoing made a new mark of a removed one", async () => {
    const { desk: at, server } = desk();
    drawn(at);
    await answers();
    at.commit({ ...(at.selected.value as Annotation), text: "moved" });
    await answers();
    at.remove(at.selected.value as Annotation);
    await answers();
    for (const text of ["moved", ""]) {
      at.undo();
      await answers();
      expect(at.all.value.map((mark) => mark.text)).toEqual([text]);
    }
    at.undo();
    await answers();
    expect([at.all.value.length, server.kept.size, at.undoable.value, at.redoable.value]).toEqual([
      0, 0, 0, 3,
    ]);
    at.redo();
    at.redo();
    await answers();
    expect([...server.kept.values()].map(({ text }) => text)).toEqual(["moved"]);
    at.redo();
    await answers();
    expect([server.kept.size, at.redoable.value]).toEqual([0, 0]);
  });

  it("is over with the next change", () => {
    const { desk: at } = desk();
    drawn(at);
    at.undo();
    drawn(at);
    expect(at.redoable.value).toBe(0);
    at.redo();
    expect(at.all.value).toHaveLength(1);
  });
});

it("hidden marks are not drawn, until one begins another", () => {
  const { desk: at } = desk();
  drawn(at);
  at.hidden.value = true;
  expect(at.on(FRAME)).toEqual([]);
  at.start("length", "POLYLINE", FRAME, [[1, 1]]);
  expect(at.on(FRAME)).toHaveLength(2);
});

it("other words are kept as a change of an own mark", async () => {
  const { desk: at, server } = desk();
  drawn(at);
  await answers();
  at.rename(at.selected.value as Annotation, "nốt");
  at.rename(mark("text", [[1, 1]], { author: OTHER }), "mine");
  await answers();
  expect(server.said).toEqual(["put 0", "put 1"]);
  expect(at.all.value[0]?.text).toBe("nốt");
});

describe("another's mark", () => {
  it("cannot be removed", async () => {
    const { desk: at, server } = desk();
    const theirs = mark(
      "arrow",
      [
        [1, 1],
        [2, 2],
      ],
      { author: OTHER },
    );
    at.applied(theirs);
    at.remove(theirs);
    await answers();
    expect(server.said).toEqual([]);
    expect(at.all.value).toHaveLength(1);
  });

  it("is shown while it is drawn, and only once when it is finished", () => {
    const { desk: at } = desk();
    const theirs = mark(
      "arrow",
      [
        [1, 1],
        [2, 2],
      ],
      { author: OTHER },
    );
    at.sketches.receive(theirs);
    at.sketches.receive({
      ...theirs,
      points: [
        [1, 1],
        [5, 5],
      ],
    });
    expect(at.on(FRAME).map(({ points }) => points[1])).toEqual([[5, 5]]);
    at.applied({
      ...theirs,
      points: [
        [1, 1],
        [6, 6],
      ],
    });
    expect(at.on(FRAME).map(({ points }) => points[1])).toEqual([[6, 6]]);
  });
});

describe("a sketch of one's own", () => {
  it("goes out at most twenty times a second, the newest in the end", async () => {
    const { desk: at, server } = desk();
    const annotation = at.start("length", "POLYLINE", FRAME, [[0, 0]]);
    for (let x = 1; x <= 10; x++)
      at.sketch({
        ...annotation,
        points: [
          [0, 0],
          [x, 0],
        ],
      } as Annotation);
    await new Promise((done) => setTimeout(done, 70));
    expect(server.sketches.map(({ points }) => points[1]?.[0])).toEqual([1, 10]);
  });

  it("of a line with many points goes out lighter than it is kept", async () => {
    const { desk: at, server } = desk();
    const points = Array.from({ length: 900 }, (_, i): [number, number] => [i + 0.123456, i / 3]);
    at.sketch({ ...at.start("freehand", "POLYLINE", FRAME, [[0, 0]]), points } as Annotation);
    const [sent] = server.sketches;
    expect(sent?.points.length).toBeLessThan(90);
    expect(JSON.stringify(sent).length).toBeLessThan(1500);
    expect(at.draft.value?.points).toHaveLength(900);
  });

  it("is not sent after the mark is finished", async () => {
    const { desk: at, server } = desk();
    const annotation = at.start("length", "POLYLINE", FRAME, [[0, 0]]);
    at.sketch(annotation);
    at.sketch({
      ...annotation,
      points: [
        [0, 0],
        [5, 0],
      ],
    } as Annotation);
    at.commit({
      ...annotation,
      points: [
        [0, 0],
        [6, 0],
      ],
    } as Annotation);
    await new Promise((done) => setTimeout(done, 70));
    expect(server.sketches).toHaveLength(1);
  });
});

it("marks are on their own frame alone", () => {
  const { desk: at } = desk();
  at.reset(null, [mark("text", [[1, 1]]), mark("text", [[1, 1]], { id: "m2", frame_number: 2 })]);
  expect(at.on(FRAME).map(({ id }) => id)).toEqual(["m1"]);
});

it("without a port nothing is one's own", () => {
  const at = new MarkDesk({ person: ME, port: undefined, measure: async (a) => a, onError: () => {} });
  expect(at.canWrite).toBe(false);
  expect(at.isOwn(mark("text", [[1, 1]]))).toBe(false);
});

describe("of whoever may look and not mark", () => {
  const LOOKS = { ...ME, may_mark: false };

  it("a mark is this page's alone: told once, never sent", async () => {
    const { desk: at, server, errors } = desk(LOOKS);
    expect(at.canWrite).toBe(true);
    expect(at.keeps).toBe(false);
    at.sketch(drawn(at));
    at.commit(drawn(at));
    await answers();
    expect(at.on(FRAME)).toHaveLength(2);
    expect([server.said, server.sketches]).toEqual([[], []]);
    expect(errors).toEqual(["Dấu này không được lưu: vai trò của bạn chỉ được xem, không được đánh dấu."]);
  });

  it("it is moved, removed and brought back as any, and stays when the server's marks are read anew", async () => {
    const { desk: at, server } = desk(LOOKS);
    drawn(at);
    await answers();
    at.remove(at.selected.value as Annotation);
    expect(at.on(FRAME)).toHaveLength(0);
    at.undo();
    await answers();
    at.reset(null, [mark("text", [[1, 1]], { author: OTHER })]);
    expect(at.on(FRAME)).toHaveLength(2);
    expect(server.said).toEqual([]);
  });

  it("marks of theirs that are kept from other days are not theirs to change", () => {
    const { desk: at } = desk(LOOKS);
    expect(at.isOwn(mark("text", [[1, 1]]))).toBe(false);
    expect(at.isOwn(drawn(at))).toBe(true);
  });
});

it("of a refused mark nothing is left to undo", async () => {
  const { desk: at, server } = desk();
  server.refuses = new Error("no");
  drawn(at);
  await answers();
  expect(at.on(FRAME)).toHaveLength(0);
  expect(at.undoable.value).toBe(0);
});
