/** What reading takes: so far, as previews, in full. Loaded when the button is pressed. */

import { t } from "../i18n/translate";
import { bytesRead } from "../stream/meter";
import type { OpenStudy } from "../stream/stack";
import type { Workspace } from "../viewport/workspace";
import { bytesText } from "./bytes";
import "./meter.css";

function StudyWeight({ study: { facts } }: { study: OpenStudy }) {
  if (!facts.weight) return null;
  const { files, preview, full } = facts.weight;
  if (!full) return <p>{t("This study is {files}.", { files: bytesText(files) })}</p>;
  return (
    <p>
      {t("This study is {files}. Reading it takes about {preview} as previews, {full} in full quality.", {
        files: bytesText(files),
        preview: bytesText(preview),
        full: bytesText(full),
      })}
    </p>
  );
}

export function MeterPanel({ workspace }: { workspace: Workspace }) {
  const { saver } = workspace.store;
  return (
    <div class="hv-meter">
      <p class="hv-meter-now">
        <b>{bytesText(bytesRead.value)}</b> {t("read by this page so far")}
      </p>
      {workspace.studies.value.map((study) => (
        <StudyWeight key={study.id} study={study} />
      ))}
      <label class="hv-meter-saver">
        <input
          type="checkbox"
          checked={saver.on.value}
          onChange={({ currentTarget }) => {
            saver.on.value = currentTarget.checked;
          }}
        />
        <span>
          <b>{t("Data saver")}</b>
          <small>
            {t(
              "Only previews and pictures of the screen's size are fetched. Press “Load full quality” at an image, or Shift+Q, for its full quality.",
            )}
          </small>
        </span>
      </label>
    </div>
  );
}
