// @vitest-environment happy-dom

import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { PersonConfig } from "../../src/api/config";
import { ApiError } from "../../src/api/http";
import { setLanguage } from "../../src/i18n/translate";
import { hearRefusal, refusal } from "../../src/stream/refused";
import { App } from "../../src/ui/app";
import { Workspace } from "../../src/viewport/workspace";
import { ME } from "../annotations/marks";
import { instance, manifest, series } from "../manifests";

let answer: number;
let asked: string[];
let workspace: Workspace;
let root: HTMLElement;

async function opened(person: PersonConfig = ME): Promise<void> {
  workspace = new Workspace({ csrf: "", person }, {});
  await workspace.addStudy({ id: "s", key: "k", manifest: manifest(series("a", [instance(1)])) });
}

const settled = () => new Promise((done) => setTimeout(done, 5));

async function said(): Promise<string> {
  await settled();
  await act(() => render(<App workspace={workspace} keys={[]} />, root));
  return root.textContent ?? "";
}

const refusedWith = (status: number) => hearRefusal("k", new ApiError(status, "x", "no"));

beforeEach(() => {
  setLanguage("en");
  root = document.createElement("div");
  asked = [];
  answer = 200;
  vi.stubGlobal("fetch", async (address: string) => {
    asked.push(address);
    return new Response("{}", { status: address.endsWith("/manifest") ? answer : 503 });
  });
});

afterEach(() => {
  workspace.stop();
  render(null, root);
  vi.unstubAllGlobals();
});

describe("access that ends while one reads", () => {
  it("says that one was signed out, and the way back keeps the address", async () => {
    history.replaceState(null, "", "/studies/7?series=2");
    await opened();
    refusedWith(401);
    expect(await said()).toContain("You have been signed out.");
    expect(root.querySelector("a")?.getAttribute("href")).toBe("/sign-in?next=%2Fstudies%2F7%3Fseries%3D2");
    expect(root.querySelector("canvas")).toBeNull();
    expect(workspace.studies.peek()).toEqual([]);
  });

  it("tells a patient that the link has ended, with nothing to sign in to", async () => {
    await opened({ ...ME, id: "" });
    refusedWith(401);
    expect(await said()).toContain("This link was taken back or has ended.");
    expect(root.querySelector("a")).toBeNull();
  });

  it("tells a guest the same: they have no account to sign in to", async () => {
    await opened({ ...ME, roles: ["nameless-guest"] });
    refusedWith(401);
    expect(await said()).toContain("This link was taken back or has ended.");
    expect(root.querySelector("a")).toBeNull();
  });

  it("closes the study when its opening is refused, after a close of the channel too", async () => {
    await opened();
    answer = 404;
    refusal.value = { studyKey: "k", status: 0 };
    expect(await said()).toContain("This study is not open to you any more.");
  });

  it("stays open when one object alone is missing, and asks once about it", async () => {
    await opened();
    refusedWith(404);
    await settled();
    refusedWith(404);
    await settled();
    expect(workspace.studies.peek().length).toBe(1);
    expect(asked.filter((address) => address.endsWith("/manifest"))).toEqual(["/stream/k/manifest"]);
  });
});
