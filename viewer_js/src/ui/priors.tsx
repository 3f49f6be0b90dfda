/** Earlier and later studies of the patient, below the series of this one. */

import { Later } from "../api/later";
import { t } from "../i18n/translate";
import type { Prior } from "../viewport/hanging";
import type { Workspace } from "../viewport/workspace";
import { dayText } from "./format";

const beside = new Later(() => import("../viewport/beside"));

function PriorButton({ prior, workspace }: { prior: Prior; workspace: Workspace }) {
  const isOpening = workspace.priors.opening.value === prior.id;
  const kinds = prior.modalities.join(", ");
  return (
    <button
      type="button"
      class="hv-prior"
      disabled={isOpening}
      title={t("Open beside")}
      onClick={() => beside.use(({ openBeside }) => void openBeside(workspace, prior.id))}
    >
      <b>{dayText(prior.study_date)}</b>
      <span>{[kinds, prior.description || prior.body_parts.join(", ")].filter(Boolean).join(" · ")}</span>
      {isOpening && <small role="status">{t("Loading…")}</small>}
    </button>
  );
}

export function Priors({ workspace }: { workspace: Workspace }) {
  const opened = workspace.priors.opened.value;
  const rest = (workspace.priors.list.value ?? []).filter(({ id }) => !opened.has(id));
  if (rest.length === 0) return null;
  return (
    <section class="hv-priors" aria-label={t("Other studies of this patient")}>
      <h2>{t("Other studies")}</h2>
      {rest.map((prior) => (
        <PriorButton key={prior.id} prior={prior} workspace={workspace} />
      ))}
    </section>
  );
}
