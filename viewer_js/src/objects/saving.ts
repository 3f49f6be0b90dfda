/** Asks the server to keep marks and key images as DICOM objects. */

import { effect } from "@preact/signals";
import type { MarkDesk } from "../annotations/desk";
import { type PageConfig, readConfig } from "../api/config";
import { ApiError, requestJson } from "../api/http";
import { t } from "../i18n/translate";
import type { ImagePlace, OpenStudy } from "../stream/stack";
import { numbersOf } from "../viewport/window";
import type { Workspace } from "../viewport/workspace";

/** milliseconds */
const PATIENCE = 10_000;

export type SavedForm = "gsps" | "sr";

export interface KeyImageWords {
  readonly code: string;
  readonly description: string;
}

/** The talk's marks are saved at the talk's own address, the study's at the study's. */
export function addressOf(study: OpenStudy, consultId: string | undefined): string {
  const at = consultId === undefined ? "" : `/consults/${consultId}`;
  return `${at}/studies/${study.id}/objects`;
}

function address(study: OpenStudy): string {
  return addressOf(study, readConfig<PageConfig & { consult_id?: string }>().consult_id);
}

/** How each series of the study stands on the screen now. */
export function looksOf({ shownViewports, active }: Workspace, study: OpenStudy): Record<string, unknown> {
  const looks: Record<string, unknown> = {};
  const viewports = [active.peek(), ...shownViewports.peek()].reverse(); // the active one has the last word
  for (const viewport of viewports) {
    const stack = viewport.stack.peek();
    if (!stack || stack.studyId !== study.id) continue;
    const { rotation, flip } = viewport.placement.peek();
    const window = numbersOf(viewport.wishedWindow.peek());
    looks[stack.series.series_instance_uid] = {
      window: window && { center: window.center, width: window.width, function: window.function },
      rotation,
      flip,
      invert: viewport.invert.peek(),
    };
  }
  return looks;
}

/** Resolves once the server has every mark that is drawn here: it saves those that it has. */
export function arrived({ marks }: Pick<MarkDesk, "marks">, patience = PATIENCE): Promise<void> {
  return new Promise((resolve, reject) => {
    let stop: (() => void) | null = null;
    const end = (done: () => void) => {
      clearTimeout(timer);
      queueMicrotask(() => stop?.());
      done();
    };
    const late = new ApiError(
      0,
      "marks_on_their_way",
      t("The last marks have not reached the server yet. Try again."),
    );
    const timer = setTimeout(() => end(() => reject(late)), patience);
    stop = effect(() => {
      if ([...marks.value.values()].every(({ pending }) => pending === 0)) end(resolve);
    });
  });
}

export async function saveMarks(
  workspace: Workspace,
  study: OpenStudy,
  form: SavedForm,
  title: string,
): Promise<void> {
  await arrived(workspace.desk);
  const body = { form, title, looks: looksOf(workspace, study) };
  await requestJson(address(study), { method: "POST", csrf: workspace.csrf, body });
  await grown(workspace, study);
}

interface Saved {
  readonly sop_instance_uids: readonly string[];
}

/** The SOP Instance UID of the selection. */
export async function saveKeyImages(
  workspace: Workspace,
  study: OpenStudy,
  stars: readonly ImagePlace[],
  { code, description }: KeyImageWords,
): Promise<string> {
  const frames = stars.map(({ sop_instance_uid, frame_number }) => [sop_instance_uid, frame_number]);
  const body = { form: "ko", frames, code, description };
  const saved = await requestJson<Saved>(address(study), { method: "POST", csrf: workspace.csrf, body });
  await grown(workspace, study);
  return saved.sop_instance_uids[0] ?? "";
}

/** The study has one object more. */
function grown(workspace: Workspace, { id, key }: OpenStudy): Promise<void> {
  return workspace.addStudy({ id, key, manifest: null });
}
