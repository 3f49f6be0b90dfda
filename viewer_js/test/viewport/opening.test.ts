// @vitest-environment happy-dom

/** An earlier study is opened beside: what is read now stays on the screen. */

import { expect, it } from "vitest";
import type { StudyConfig } from "../../src/api/config";
import { openBeside } from "../../src/viewport/beside";
import { Workspace } from "../../src/viewport/workspace";
import { ME } from "../annotations/marks";
import { instance, manifest, series } from "../manifests";

const TWO = { rows: 1, columns: 2 };

function study(id: string, ...names: string[]): StudyConfig {
  return { id, key: id, manifest: manifest(...names.map((name) => series(name, [instance(1)]))) };
}

async function reading(...names: string[]) {
  const workspace = new Workspace({ csrf: "", person: ME }, {});
  workspace.stop(); // nothing is to be fetched
  workspace.priors.open = async (id) => ({ ...study(id, `${id}-dx`), annotations: [] });
  await workspace.addStudy(study("now", ...names));
  const shown = () => workspace.shownViewports.peek().map(({ stack }) => stack.peek()?.series.id ?? "");
  return { workspace, shown, beside: (id: string) => openBeside(workspace, id) };
}

it("in the empty viewport that is active", async () => {
  const { workspace, shown, beside } = await reading("ct");
  workspace.setLayout(TWO);
  workspace.nextViewport();
  await beside("old");
  expect([shown(), workspace.activeIndex.peek()]).toEqual([["ct", "old-dx"], 1]);
});

it("in the next empty one, with what is read still active", async () => {
  const { workspace, shown, beside } = await reading("ct");
  workspace.setLayout({ rows: 1, columns: 3 });
  await beside("old");
  expect([shown(), workspace.activeIndex.peek()]).toEqual([["ct", "old-dx", ""], 0]);
});

it("only once, also where several are empty and the last of them is active", async () => {
  const { workspace, shown, beside } = await reading("ct");
  workspace.setLayout({ rows: 1, columns: 3 });
  workspace.activeIndex.value = 2;
  await beside("old");
  expect(shown()).toEqual(["ct", "", "old-dx"]);
});

it("in a second viewport that is made for it", async () => {
  const { shown, beside } = await reading("ct", "ct-2");
  await beside("old");
  expect(shown()).toEqual(["ct", "old-dx"]);
});

it("in place of another earlier one when the rest is what is read, whichever is active", async () => {
  for (const active of [0, 1]) {
    const { workspace, shown, beside } = await reading("ct");
    await beside("old");
    workspace.activeIndex.value = active;
    await beside("older");
    expect(shown()).toEqual(["ct", "older-dx"]);
  }
});

it("one that is open but not seen is shown again", async () => {
  const { workspace, shown, beside } = await reading("ct");
  await beside("old");
  await beside("older");
  await beside("old");
  expect([shown(), workspace.studies.peek().length]).toEqual([["ct", "old-dx"], 3]);
});

it("is not looked for by a guest, to whom nobody shows earlier studies", () => {
  const port = {} as never;
  const opening = (role: string) =>
    new Workspace({ csrf: "", person: { ...ME, roles: [role] } }, { port }).opening;
  expect([opening("physician").hasPriors, opening("guest").hasPriors]).toEqual([true, false]);
});
