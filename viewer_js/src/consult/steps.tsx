import { t } from "../i18n/translate";
import { ask } from "./ask";
import { Problem, useAttempt } from "./attempt";
import { stepsToOthers } from "./dispatch/steps";
import { dateOf, momentTyped, now } from "./moments";
import { returnReasons } from "./opinions/words";
import type { Room } from "./room";
import type { WishVerb } from "./server";
import type { Consult, Verb } from "./wire";

const DAY_MS = 86_400_000;

interface Step {
  readonly verb: Verb;
  readonly label: string;
  readonly tone: "" | "danger" | "primary";
  readonly press: () => Promise<void> | void;
}

/** The buttons of a consult's life, as far as the server allows them to this person now. */
export function Steps({ room, consult }: { readonly room: Room; readonly consult: Consult }) {
  const attempt = useAttempt();
  const offered = stepsOf(room, consult).filter(({ verb }) => consult.allowed.includes(verb));
  if (offered.length === 0) return null;
  return (
    <div class="hr-steps">
      {offered.map((step) => (
        <button
          key={step.verb}
          type="button"
          class={`button ${step.tone}`}
          disabled={attempt.busy.value}
          onClick={() => void attempt.run(() => step.press())}
        >
          {step.label}
        </button>
      ))}
      <Problem of={attempt.problem} />
    </div>
  );
}

function stepsOf(room: Room, consult: Consult): Step[] {
  const plain = (verb: WishVerb & Verb, label: string, tone: Step["tone"] = "primary"): Step => ({
    verb,
    label,
    tone,
    press: () => room.wish(verb),
  });
  return [
    plain("request", t("Send the request")),
    plain("accept", t("Accept the case")),
    plain("start", t("Start reading")),
    plain("resume", t("Resume")),
    complete(room, consult),
    sendBack(room),
    reschedule(room),
    ...stepsToOthers(room, consult),
    withdraw(room),
    reopen(room),
    reasoned(room, "reject", t("Refuse"), t("Why is the case refused?"), "danger"),
    reasoned(room, "cancel", t("Cancel the consult"), t("Why is the consult cancelled?"), "danger"),
  ];
}

function complete(room: Room, consult: Consult): Step {
  const until = dateOf(new Date(now.value + consult.access_days * DAY_MS).toISOString());
  const isWhole = consult.opinion !== null && consult.questions.every(({ answer }) => answer !== null);
  return {
    verb: "complete",
    label: t("Complete the consult"),
    tone: isWhole ? "primary" : "",
    press: () =>
      ask({
        title: t("Complete the consult?"),
        text: t("The talk is closed and kept. The specialist can open the images until {date}.", {
          date: until,
        }),
        action: t("Complete the consult"),
        run: () => room.wish("complete"),
      }),
  };
}

function withdraw(room: Room): Step {
  return {
    verb: "withdraw",
    label: t("Give the case back"),
    tone: "",
    press: () =>
      ask({
        title: t("Give the case back?"),
        text: t("It waits again until a specialist accepts it."),
        action: t("Give the case back"),
        run: () => room.wish("withdraw"),
      }),
  };
}

function reopen(room: Room): Step {
  const draft = room.drafts.of("reason.reopen");
  return {
    verb: "reopen",
    label: t("Reopen"),
    tone: "",
    press: () =>
      ask({
        title: t("Reopen the consult?"),
        text: t("The specialist gets the images again and both sides can write."),
        action: t("Reopen"),
        writing: { label: t("Why is it opened again?"), draft },
        run: () => room.wish("reopen", { reason: draft.value }),
      }),
  };
}

function reschedule(room: Room): Step {
  const draft = room.drafts.of("reschedule");
  return {
    verb: "reschedule",
    label: t("Change the due time"),
    tone: "",
    press: () =>
      ask({
        title: t("Change the due time"),
        text: t("The other side is told."),
        action: t("Change the due time"),
        moment: { label: t("Answer needed by"), draft },
        run: () => room.wish("reschedule", { due_at: momentTyped(draft.value) }),
      }),
  };
}

function sendBack(room: Room): Step {
  const draft = room.drafts.of("reason.hold");
  const code = room.drafts.of("reason.code");
  const label = t("Send back for more information");
  return {
    verb: "hold",
    label,
    tone: "",
    press: () =>
      ask({
        title: label,
        text: t("The other side sees the reason."),
        action: t("Send back"),
        choice: { label: t("Why?"), draft: code, options: returnReasons(), needsWords: "other" },
        writing: { label: t("What is missing?"), draft },
        run: () => room.wish("hold", { code: code.value, reason: draft.value }),
      }),
  };
}

function reasoned(
  room: Room,
  verb: "cancel" | "reject",
  label: string,
  why: string,
  tone: Step["tone"] = "",
): Step {
  const draft = room.drafts.of(`reason.${verb}`);
  const text = tone === "danger" ? t("This cannot be undone.") : t("The other side sees the reason.");
  return {
    verb,
    label,
    tone,
    press: () =>
      ask({
        title: label,
        text,
        action: label,
        danger: tone === "danger",
        writing: { label: why, draft },
        run: () => room.wish(verb, { reason: draft.value }),
      }),
  };
}
