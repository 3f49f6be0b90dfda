/** Steps by which a case gets to somebody else. */

import { t } from "../../i18n/translate";
import { ask } from "../ask";
import type { Room } from "../room";
import type { Consult, Verb } from "../wire";

interface Step {
  readonly verb: Verb;
  readonly label: string;
  readonly tone: "";
  readonly press: () => void;
}

export function stepsToOthers(room: Room, consult: Consult): Step[] {
  const give = (verb: Verb, label: string): Step => ({
    verb,
    label,
    tone: "",
    press: () => window.location.assign(`/consults/${consult.id}/give`),
  });
  return [
    pass(room),
    give("handover", t("Hand over to a colleague")),
    give("reassign", t("Give to somebody")),
  ];
}

/** Whoever passes a case on sees it no longer: the way leads back to the list. */
function pass(room: Room): Step {
  const draft = room.drafts.of("reason.pass");
  const label = t("Pass on");
  return {
    verb: "pass",
    label,
    tone: "",
    press: () =>
      ask({
        title: t("Pass the case on?"),
        text: t(
          "It goes to the next at once, and you see it no longer. Your reason is for your coordinator alone.",
        ),
        action: label,
        writing: { label: t("Why is it not for you?"), draft },
        run: async () => {
          await room.wish("pass", { reason: draft.value });
          window.location.assign("/consults");
        },
      }),
  };
}
