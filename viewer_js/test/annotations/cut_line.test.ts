// @vitest-environment happy-dom

/** Marks drawn while no answer comes are kept and sent when the line is back. */

import { afterEach, beforeAll, expect, it, vi } from "vitest";
import { MarkDesk } from "../../src/annotations/desk";
import type { Annotation } from "../../src/annotations/model";
import { UnsentMarks } from "../../src/annotations/unsent";
import { ApiError } from "../../src/api/http";
import type { AnnotationPort } from "../../src/api/viewer_app";
import { markHands } from "../../src/tools/mark_hands";
import { ME, mark } from "./marks";

beforeAll(async () => void (await markHands.fetch()));

class Server implements AnnotationPort {
  readonly unsent = new UnsentMarks(sessionStorage, ME.id);
  answers: Error | null = null;
  readonly kept: Annotation[] = [];

  async put(annotation: Annotation): Promise<Annotation> {
    if (this.answers) throw this.answers;
    this.kept.push(annotation);
    return { ...annotation, revision: annotation.revision + 1 };
  }

  async delete(): Promise<void> {}
  sketch(): void {}

  async list(): Promise<Annotation[]> {
    return [];
  }
}

const CUT = new TypeError("Failed to fetch");
const answers = () => vi.advanceTimersByTimeAsync(5);

function line(id: string): Annotation {
  const points: Annotation["points"] = [
    [0, 0],
    [9, 0],
  ];
  return mark("length", points, { id, revision: 0 });
}

function opened(server = new Server()) {
  vi.useFakeTimers();
  const errors: string[] = [];
  const onError = (message: string) => errors.push(message);
  const desk = new MarkDesk({ person: ME, port: server, measure: async (a) => a, onError });
  desk.reset(null, []);
  return { desk, server, errors, shown: () => desk.all.value.map(({ id }) => id) };
}

afterEach(() => {
  vi.useRealTimers();
  sessionStorage.clear();
});

function leaving(): boolean {
  return !dispatchEvent(new Event("beforeunload", { cancelable: true }));
}

it("they stay on the screen as not saved, and are sent in order after growing pauses", async () => {
  const { desk, server, errors, shown } = opened();
  server.answers = CUT;
  for (const id of ["a", "b", "c"]) desk.commit(line(id));
  await answers();
  expect([shown(), [...desk.unsaved.value], errors]).toEqual([["a", "b", "c"], ["a", "b", "c"], []]);
  server.answers = null;
  await vi.advanceTimersByTimeAsync(700);
  expect([server.kept.map(({ id }) => id), desk.unsaved.value.size]).toEqual([["a", "b", "c"], 0]);
});

it("the network back, they are sent at once; leaving before asks, leaving after does not", async () => {
  const { desk, server } = opened();
  server.answers = new ApiError(503, "unavailable", "Later.");
  desk.commit(line("a"));
  await answers();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(leaving()).toBe(true);
  server.answers = null;
  desk.lineIsBack();
  await answers();
  expect([server.kept.length, leaving()]).toEqual([1, false]);
});

it("a page loaded again shows and sends them", async () => {
  const before = opened();
  before.server.answers = CUT;
  before.desk.commit(line("a"));
  await answers();
  const { server, shown } = opened();
  expect(shown()).toEqual(["a"]);
  await answers();
  expect(server.kept.map(({ id }) => id)).toEqual(["a"]);
  expect(opened().shown()).toEqual([]);
});

it("nobody else's unsent marks are sent by who signs in next in the tab", async () => {
  const { desk, server } = opened();
  server.answers = CUT;
  desk.commit(line("a"));
  await answers();
  expect(new UnsentMarks(sessionStorage, "other").read()).toEqual([]);
});

it("changed elsewhere meanwhile, the newer one wins although the list came first", async () => {
  const { desk, server, errors } = opened();
  const kept = { ...line("a"), revision: 1 };
  desk.reset(null, [kept]);
  server.answers = CUT;
  desk.commit({ ...kept, text: "mine" });
  await answers();
  const newer = { ...kept, revision: 2, text: "newer" };
  desk.reset(null, [newer]);
  server.answers = null;
  server.list = async () => [newer];
  server.put = async ({ revision }) => {
    throw new ApiError(409, "annotation_moved_on", `from ${revision}`);
  };
  desk.lineIsBack();
  await answers();
  expect([desk.all.value.map(({ text }) => text), errors]).toEqual([["newer"], ["from 1"]]);
});

it("a refusal removes the mark, says why, and the next one is sent", async () => {
  const { desk, server, errors, shown } = opened();
  server.answers = CUT;
  desk.commit(line("a"));
  desk.commit(line("b"));
  await answers();
  server.answers = null;
  const put = server.put.bind(server);
  server.put = (one) => (one.id === "a" ? Promise.reject(new ApiError(422, "bad", "No.")) : put(one));
  desk.lineIsBack();
  await answers();
  expect([shown(), errors, server.unsent.read()]).toEqual([["b"], ["No."], []]);
});
