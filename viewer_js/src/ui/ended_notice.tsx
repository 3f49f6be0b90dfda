/** In place of the whole viewer: why nothing can be seen any more, and what to do. */

import { t } from "../i18n/translate";
import type { Ending } from "../viewport/ended";

function signInAddress(): string {
  return `/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`;
}

function titleOf(why: Ending): string {
  if (why === "link") return t("This link was taken back or has ended.");
  return why === "signed-out" ? t("You have been signed out.") : t("This study is not open to you any more.");
}

function textOf(why: Ending): string {
  if (why === "link") return t("The images are closed. Ask the doctor who gave you the link for a new one.");
  return why === "signed-out"
    ? t("The images are closed. Sign in again to go on where you were.")
    : t("It was taken back, or it was open for very long. The images are closed.");
}

export function EndedNotice({ why }: { why: Ending }) {
  return (
    <div class="hv-ended" role="alert">
      <h2>{titleOf(why)}</h2>
      <p>{textOf(why)}</p>
      {why === "signed-out" && <a href={signInAddress()}>{t("Sign in again")}</a>}
      {why === "closed" && <a href={location.href}>{t("Open again")}</a>}
    </div>
  );
}
