/** Asks the server to keep marks and key images as DICOM objects. */

import { type PageConfig, readConfig } from "../api/config";
import { requestJson } from "../api/http";
import type { ImagePlace, OpenStudy } from "../stream/stack";
import type { Workspace } from "../viewport/workspace";

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
    const window = viewport.window.peek();
    looks[stack.series.series_instance_uid] = {
      window: window && { center: window.center, width: window.width, function: window.function },
      rotation,
      flip,
      invert: viewport.invert.peek(),
    };
  }
  return looks;
}

export async function saveMarks(
  workspace: Workspace,
  study: OpenStudy,
  form: SavedForm,
  title: string,
): Promise<void> {
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
