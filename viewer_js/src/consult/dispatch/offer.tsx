import { t } from "../../i18n/translate";
import { timeOf } from "../moments";
import type { Consult, OfferData } from "../wire";
import "./dispatch.css";

const CLOSED = new Set(["cancelled", "completed", "draft", "rejected"]);

/** For both sides: what was promised, and before whom the case lies until somebody accepts. The clock stands above. */
export function Offer({ consult }: { readonly consult: Consult }) {
  const offer = consult.state === "requested" ? consult.offer : null;
  if (CLOSED.has(consult.state)) return null;
  return (
    <div class="hr-promise">
      {consult.due_at !== null && <p>{t("Promised by {time}", { time: timeOf(consult.due_at) })}</p>}
      {offer && <p>{standsBefore(offer)}</p>}
      {isWithoutImages(consult) && (
        <p class="hr-without-images">{t("You see what was asked and said, not the images.")}</p>
      )}
    </div>
  );
}

/** A coordinator gives cases away and opens no study, unless they are asked as a doctor too. */
function isWithoutImages({ allowed }: Consult): boolean {
  return allowed.includes("reassign") && !allowed.includes("annotate");
}

/** "Before Dr. Khoa until 14:10, then those on call." */
export function standsBefore({ kind, to, until }: OfferData): string {
  if (kind === "coordinator") return t("Nobody accepted yet: the coordinator has been asked.");
  const whom = to || t("those on call");
  if (until === null) return t("Before {whom}", { whom });
  const time = timeOf(until);
  return kind === "person"
    ? t("Before {whom} until {time}, then those on call", { whom, time })
    : t("Before {whom} until {time}, then the coordinator", { whom, time });
}
