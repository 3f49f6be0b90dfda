import { t } from "../../i18n/translate";
import { dateTimeOf } from "../moments";
import type { Written } from "../wire";

/** Above what somebody is writing: what was given there since they began. */
export function Overtaken({ by }: { readonly by: Pick<Written, "at" | "by" | "text"> | undefined }) {
  if (by === undefined) return null;
  return (
    <div class="hr-told warn" role="status">
      <h4>{t("Given in between by {name}, {time}", { name: by.by.name, time: dateTimeOf(by.at) })}</h4>
      <p class="hr-given">{by.text}</p>
    </div>
  );
}
