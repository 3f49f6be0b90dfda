/** The forms that keep marks and key images as DICOM objects. */

import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { msg, t } from "../i18n/translate";
import type { ObjectDesk } from "../objects/desk";
import { type SavedForm, saveKeyImages, saveMarks } from "../objects/saving";
import type { ImagePlace, OpenStudy } from "../stream/stack";
import type { Workspace } from "../viewport/workspace";

export type Run = (doing: () => Promise<void>, done: string) => Promise<void>;

/** Codes of app/evidence/codes.py (PS3.16 CID 7010) and their names. */
export const TITLES: readonly (readonly [string, string])[] = [
  ["113000", msg("Of Interest")],
  ["113002", msg("For Referring Provider")],
  ["113003", msg("For Surgery")],
  ["113004", msg("For Teaching")],
  ["113005", msg("For Conference")],
  ["113006", msg("For Therapy")],
  ["113007", msg("For Patient")],
  ["113008", msg("For Peer Review")],
  ["113009", msg("For Research")],
  ["113018", msg("For Printing")],
];

interface KeyImagesProps {
  workspace: Workspace;
  desk: ObjectDesk;
  study: OpenStudy;
  stars: readonly ImagePlace[];
  run: Run;
}

export function SaveKeyImages({ workspace, desk, study, stars, run }: KeyImagesProps) {
  const isBusy = useSignal(false);
  const code = useRef<HTMLSelectElement>(null);
  const words = useRef<HTMLTextAreaElement>(null);
  const save = async () => {
    isBusy.value = true;
    const said = { code: code.current?.value ?? "113000", description: words.current?.value ?? "" };
    await run(async () => {
      const made = await saveKeyImages(workspace, study, stars, said);
      desk.dropStars(study.id);
      await desk.showMade(made);
    }, t("The key images are saved."));
    isBusy.value = false;
  };
  return (
    <form
      class="hv-objects-form"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <label>
        {t("What for")}
        <select ref={code}>
          {TITLES.map(([value, name]) => (
            <option key={value} value={value}>
              {t(name)}
            </option>
          ))}
        </select>
      </label>
      <label>
        {t("Note")}
        <textarea ref={words} rows={2} maxLength={1024} />
      </label>
      <button type="submit" class="hv-plain" disabled={isBusy.value}>
        {t("Save the key images")}
      </button>
    </form>
  );
}

const FORMS: readonly (readonly [SavedForm, string])[] = [
  ["gsps", msg("As a presentation state")],
  ["sr", msg("As a report of measurements")],
];

export function SaveMarks({ workspace, study, run }: { workspace: Workspace; study: OpenStudy; run: Run }) {
  const isBusy = useSignal(false);
  const title = useRef<HTMLInputElement>(null);
  const count = workspace.desk.all.value.filter(({ study_id }) => study_id === study.id).length;
  const save = async (form: SavedForm) => {
    isBusy.value = true;
    const done = t("The marks are saved.");
    await run(() => saveMarks(workspace, study, form, title.current?.value ?? ""), done);
    isBusy.value = false;
  };
  return (
    <section class="hv-objects-form">
      <h3>{t("Save the marks for other programs")}</h3>
      {count === 0 && <p class="hv-quiet">{t("Nothing is marked on this study yet.")}</p>}
      <label>
        {t("Title")}
        <input ref={title} maxLength={64} disabled={count === 0} />
      </label>
      <div class="hv-objects-buttons">
        {FORMS.map(([form, name]) => (
          <button
            key={form}
            type="button"
            class="hv-plain"
            disabled={count === 0 || isBusy.value}
            onClick={() => void save(form)}
          >
            {t(name)}
          </button>
        ))}
      </div>
    </section>
  );
}
