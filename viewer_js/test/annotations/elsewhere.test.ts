// @vitest-environment happy-dom

/** One's own mark, changed or removed in another tab. */

import { signal } from "@preact/signals";
import { beforeAll, expect, it } from "vitest";
import { MarkDesk } from "../../src/annotations/desk";
import { keepFresh } from "../../src/annotations/freshness";
import type { Annotation } from "../../src/annotations/model";
import { ApiError } from "../../src/api/http";
import type { AnnotationPort } from "../../src/api/viewer_app";
import { markHands } from "../../src/tools/mark_hands";
import { ME, mark } from "./marks";

beforeAll(async () => void (await markHands.fetch()));

const LINE = mark("length", [
  [0, 0],
  [213, 0],
]);
const MOVED_ON = new ApiError(409, "annotation_moved_on", "Newer.");
const answers = () => new Promise((done) => setTimeout(done, 5));

/** Refuses what does not start from the newest revision, as the server does. */
class Server implements AnnotationPort {
  kept: Annotation | null = LINE;

  async put(annotation: Annotation): Promise<Annotation> {
    if (!this.kept) throw new ApiError(409, "annotation_deleted", "Gone.");
    if (annotation.revision !== this.kept.revision) throw MOVED_ON;
    this.kept = { ...annotation, revision: annotation.revision + 1 };
    return this.kept;
  }

  async delete(): Promise<void> {}
  sketch(): void {}

  async list(): Promise<Annotation[]> {
    return this.kept ? [this.kept] : [];
  }

  movedElsewhere(to: number): void {
    this.kept = moved(LINE, to, (this.kept?.revision ?? 0) + 1);
  }
}

function moved(annotation: Annotation, to: number, revision = annotation.revision): Annotation {
  const points: Annotation["points"] = [
    [0, 0],
    [to, 0],
  ];
  return { ...annotation, points, revision } as Annotation;
}

function opened() {
  const server = new Server();
  const errors: string[] = [];
  const onError = (message: string) => errors.push(message);
  const desk = new MarkDesk({ person: ME, port: server, measure: async (a) => a, onError });
  desk.reset(null, [LINE]);
  const ends = () => desk.all.value.map(({ points }) => points[1]?.[0]);
  return { desk, server, errors, ends };
}

it("the newer one is shown when the change is refused, and the next change works", async () => {
  const { desk, server, errors, ends } = opened();
  server.movedElsewhere(159.7);
  desk.commit(moved(LINE, 100));
  await answers();
  expect([ends(), errors]).toEqual([[159.7], ["Newer."]]);
  desk.commit(moved(desk.all.value[0] as Annotation, 120));
  await answers();
  expect([ends(), server.kept?.points[1], errors.length]).toEqual([[120], [120, 0], 1]);
});

it("changes waiting behind the refused one are given up with it: they were drawn on the older mark", async () => {
  const { desk, server, errors, ends } = opened();
  server.movedElsewhere(159.7);
  desk.commit(moved(LINE, 100));
  desk.commit(moved(LINE, 101));
  await answers();
  expect([ends(), server.kept?.points[1], errors.length]).toEqual([[159.7], [159.7, 0], 1]);
});

it("undo does not bring back what the newer one took the place of", async () => {
  const { desk, server, ends } = opened();
  server.movedElsewhere(159.7);
  desk.commit(moved(LINE, 100));
  await answers();
  desk.undo();
  await answers();
  expect(ends()).toEqual([159.7]);
});

it("removed elsewhere it disappears, and that is said", async () => {
  const { desk, server, errors, ends } = opened();
  server.kept = null;
  desk.commit(moved(LINE, 100));
  await answers();
  expect([ends(), errors]).toEqual([[], ["Gone."]]);
});

it("is asked for again when the tab is seen again, and when the line is back", async () => {
  const { desk, server, ends } = opened();
  const isBroken = signal(false);
  const stop = keepFresh({ desk, studies: signal([{ id: "s" }]), store: { line: { broken: isBroken } } });
  server.movedElsewhere(159.7);
  document.dispatchEvent(new Event("visibilitychange"));
  await answers();
  expect(ends()).toEqual([159.7]);
  server.movedElsewhere(160);
  dispatchEvent(new Event("online"));
  await answers();
  expect(ends()).toEqual([160]);
  server.movedElsewhere(161);
  isBroken.value = true;
  await answers();
  expect(ends()).toEqual([160]);
  isBroken.value = false;
  await answers();
  expect(ends()).toEqual([161]);
  stop();
});

it("a list asked for before a new mark was kept does not remove it", async () => {
  const { desk, server, ends } = opened();
  let answer = (_: Annotation[]) => {};
  let asked = 0;
  server.list = () =>
    asked++ === 0 ? new Promise((done) => (answer = done)) : Promise.resolve([LINE, other]);
  const other = { ...moved(LINE, 7), id: "m2" };
  const refreshed = desk.refresh("s");
  desk.applied(other);
  answer([LINE]);
  await refreshed;
  expect([ends().sort(), asked]).toEqual([[213, 7], 2]);
});
