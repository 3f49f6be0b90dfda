// @vitest-environment happy-dom

import { render } from "preact";
import { act } from "preact/test-utils";
import { beforeEach, expect, it } from "vitest";
import { catalogue } from "../../build/messages";
import type { Manifest, ManifestSeries } from "../../src/api/manifest";
import { setLanguage } from "../../src/i18n/translate";
import { NoPictures, REASONS } from "../../src/ui/no_pictures";
import { Workspace } from "../../src/viewport/workspace";
import { ME } from "../annotations/marks";
import { instance, manifest, series } from "../manifests";

const NOTHING = { frames: 0, rows: 0, columns: 0, renderable: false, reason: "This object has no images." };

let root: HTMLElement;

beforeEach(() => {
  root = document.createElement("div");
});

function document_(id: string, modality: string, description: string): ManifestSeries {
  return { ...series(id, [instance(1, NOTHING)]), modality, description };
}

async function opened(shown: Manifest): Promise<Workspace> {
  const workspace = new Workspace({ csrf: "", person: ME }, {});
  workspace.stop(); // nothing is to be fetched
  await workspace.addStudy({ id: "s", key: "k", manifest: shown });
  await act(() => render(<NoPictures viewport={workspace.active.peek()} workspace={workspace} />, root));
  return workspace;
}

it("says what a study without pictures holds", async () => {
  setLanguage("en");
  await opened(manifest(document_("a", "DOC", "Letter"), document_("b", "SR", "")));
  setLanguage("vi");
  expect([...(root.firstElementChild?.children ?? [])].map(({ textContent }) => textContent)).toEqual([
    "This study has no pictures to show. It holds documents or data:",
    "DOC · Letter · This object has no images.",
    "SR · This object has no images.",
  ]);
});

it("says it in Vietnamese, with the server's reason", async () => {
  await opened(manifest(document_("a", "DOC", "Giấy")));
  expect(root.textContent).toContain("Ca chụp này không có ảnh để xem.");
  expect(root.textContent).toContain("Đối tượng này không chứa hình ảnh.");
  expect(REASONS.filter((reason) => !catalogue().has(reason))).toEqual([]);
});

it("opens with pictures though a document comes first", async () => {
  const workspace = await opened(
    manifest(document_("a", "SR", ""), series("b", [instance(2, { renderable: false })])),
  );
  expect(workspace.active.peek().stack.peek()?.series.id).toBe("b");
  expect(root.textContent).toBe("");
});
