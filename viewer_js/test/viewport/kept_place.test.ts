// @vitest-environment happy-dom

/** A page that is loaded again shows what it showed. */

import { afterEach, expect, it, vi } from "vitest";
import type { StudyConfig } from "../../src/api/config";
import type { Prior } from "../../src/viewport/hanging";
import { keepPlace, restorePlace } from "../../src/viewport/keeping_place";
import { Workspace } from "../../src/viewport/workspace";
import { ME } from "../annotations/marks";
import { instance, manifest, series } from "../manifests";

const TEN = Array.from({ length: 10 }, (_, at) => instance(at + 1));

function study(id: string, ...names: string[]): StudyConfig {
  return { id, key: id, manifest: manifest(...names.map((name) => series(name, TEN))) };
}

async function opened(...studies: StudyConfig[]): Promise<Workspace> {
  const workspace = new Workspace({ csrf: "", person: ME }, {});
  workspace.stop(); // nothing is to be fetched
  for (const one of studies) await workspace.addStudy(one);
  return workspace;
}

/** The code comes when the first study is here already. */
async function openedAgain(...studies: StudyConfig[]): Promise<Workspace> {
  const workspace = await opened(...studies.slice(0, 1));
  restorePlace(workspace);
  for (const one of studies.slice(1)) await workspace.addStudy(one);
  return workspace;
}

function left(workspace: Workspace): void {
  const stop = keepPlace(workspace);
  dispatchEvent(new Event("pagehide"));
  stop();
}

function shown(workspace: Workspace): string[] {
  return workspace.shownViewports
    .peek()
    .map(({ stack, index }) => `${stack.peek()?.series.id ?? ""} ${index.peek()}`);
}

afterEach(() => {
  sessionStorage.clear();
});

async function arranged(): Promise<Workspace> {
  const workspace = await opened(study("now", "ct", "ct-2"), study("other", "mr"));
  workspace.setLayout({ rows: 1, columns: 2 });
  workspace.nextViewport();
  const [mr] = workspace.stacks.peek().filter((stack) => stack.studyId === "other");
  if (mr) workspace.active.peek().show(mr, 7);
  workspace.active.peek().invert.value = true;
  return workspace;
}

it("loaded again: the same layout, images and adjustments, also of a study that comes later", async () => {
  left(await arranged());
  const again = await openedAgain(study("now", "ct", "ct-2"), study("other", "mr"));
  expect(shown(again)).toEqual(["ct 0", "mr 7"]);
  expect(again.activeIndex.peek()).toBe(1);
  expect(again.active.peek().invert.peek()).toBe(true);
  expect(again.active.peek().window.peek()).toBeNull();
});

it("an earlier study that stood beside is opened again", async () => {
  const before = await opened(study("now", "ct"), study("old", "old-ct"));
  before.setLayout({ rows: 1, columns: 2 });
  left(before);
  const again = await openedAgain(study("now", "ct"));
  again.priors.open = async (id) => ({ ...study(id, "old-ct"), annotations: [] });
  again.priors.list.value = [{ id: "old" }, { id: "older" }] as unknown as Prior[];
  await vi.waitFor(() => expect(shown(again)).toEqual(["ct 0", "old-ct 0"]), 10_000);
  expect(again.studies.peek()).toHaveLength(2);
});

it("an image that is gone leaves its place to another", async () => {
  left(await arranged());
  const again = await openedAgain(study("now", "ct", "ct-2"));
  expect(shown(again)).toEqual(["ct 0", "ct-2 0"]);
});

it("what cannot be read is left alone", async () => {
  sessionStorage.setItem(`hoichan:place:1:${location.pathname}`, "{");
  expect(shown(await openedAgain(study("now", "ct")))).toEqual(["ct 0"]);
});
