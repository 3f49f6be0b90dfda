import type { ComponentChildren } from "preact";
import { t } from "../i18n/translate";
import { lazy } from "../ui/lazy";
import { dueIn } from "./due";
import { Editor } from "./editor";
import { isGuest, isNameless } from "./guests/role";
import { dateOf, dateTimeOf, now } from "./moments";
import { readsBlind } from "./opinions/reading_of";
import { textsOf } from "./opinions/written";
import type { Room } from "./room";
import { Steps } from "./steps";
import type { Consult, Party, Question, RoomState } from "./wire";
import { stateName, stateTone, urgencyName, urgencyTone } from "./words";

interface CaseProps {
  readonly room: Room;
  readonly consult: Consult;
}

const Attachments = lazy(async () => (await import("./attachments/attachments")).AttachmentsPart, "quiet");
const Basis = lazy(async () => (await import("./basis/basis")).Basis, "quiet");
const Earlier = lazy(async () => (await import("./preflight/earlier")).EarlierPart, "quiet");
const Minutes = lazy(async () => (await import("./minutes/minutes")).Minutes, "quiet");
const Offer = lazy(async () => (await import("./dispatch/offer")).Offer, "quiet");
const Preflight = lazy(async () => (await import("./preflight/preflight")).PreflightPart, "quiet");
const Recordings = lazy(async () => (await import("./recordings/recordings")).RecordingsPart, "quiet");
const Returned = lazy(async () => (await import("./opinions/returned")).Returned, "quiet");
const Starts = lazy(async () => (await import("./preflight/starts")).StartsPart, "quiet");
const Readers = lazy(async () => (await import("./opinions/readers")).Readers, "quiet");
const Conclusions = lazy(async () => (await import("./opinions/readers")).Conclusions, "quiet");
const Revised = lazy(async () => (await import("./opinions/revised")).Revised, "quiet");
const FollowUp = lazy(async () => (await import("./opinions/follow_up")).FollowUp, "quiet");
const CLOSED = new Set(["cancelled", "completed", "rejected"]);

export function CasePanel({ room, state }: { readonly room: Room; readonly state: RoomState }) {
  const { consult } = state;
  return (
    <div class="hr-scroll hr-case">
      <Standing consult={consult} />
      <Offer consult={consult} />
      <Returned room={room} consult={consult} />
      {lacksBasis(consult) && <Basis room={room} consult={consult} />}
      <Steps room={room} consult={consult} />
      {!isGuest(room) && <Preflight room={room} state={state} />}
      <Starts room={room} state={state} />
      <AfterCompletion room={room} consult={consult} />
      <Section title={t("Clinical questions")}>
        <ol class="hr-questions">
          {consult.questions.map((question) => (
            <QuestionItem key={question.id} room={room} state={state} question={question} />
          ))}
        </ol>
      </Section>
      {!readsBlind(state, room.config.person.id) && <Opinion room={room} state={state} />}
      {hasReaders(state) && <Readers room={room} state={state} />}
      <FollowUp room={room} state={state} />
      <Recordings room={room} state={state} />
      <Section title={t("History")}>
        <p class={consult.history ? "hr-given" : "muted"}>{consult.history || t("No history was given.")}</p>
      </Section>
      {!isNameless(room, state) && <Attachments room={room} state={state} />}
      {!isGuest(room) && <Earlier room={room} state={state} />}
      {!lacksBasis(consult) && <Basis room={room} consult={consult} />}
      {!isGuest(room) && <Minutes state={state} mine={room.config.person.id} />}
      <Facts room={room} consult={consult} />
    </div>
  );
}

/** Whether there is anything to show of further specialists, or they may be asked. */
function hasReaders({ consult, opinions }: RoomState): boolean {
  return (opinions?.readers.length ?? 0) > 0 || consult.allowed.includes("invite");
}

/** What is missing stands above the questions, what is whole below them. */
function lacksBasis({ basis }: Consult): boolean {
  return (basis?.missing.length ?? 0) > 0;
}

function Section({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  return (
    <section class="hr-section">
      <h3>{title}</h3>
      {children}
    </section>
  );
}

/** State, urgency and the running clock. */
export function Standing({ consult }: { readonly consult: Consult }) {
  return (
    <p class="badges hr-standing">
      <span class={`badge ${stateTone(consult.state)}`}>{stateName(consult.state)}</span>
      <span class={`badge ${urgencyTone(consult.urgency)}`}>{urgencyName(consult.urgency)}</span>
      <DueClock consult={consult} />
    </p>
  );
}

function DueClock({ consult }: { readonly consult: Consult }) {
  if (consult.due_at === null || CLOSED.has(consult.state)) return null;
  const due = dueIn(consult.due_at, now.value);
  return (
    <time class={`hr-due ${due.level}`} dateTime={consult.due_at} title={dateTimeOf(consult.due_at)}>
      {due.text}
    </time>
  );
}

function AfterCompletion({ room, consult }: CaseProps) {
  if (consult.state !== "completed" || room.config.links_url === null) return null;
  return (
    <a class="button primary block" href={room.config.links_url}>
      {t("Make a link for the patient")}
    </a>
  );
}

interface QuestionProps {
  readonly room: Room;
  readonly state: RoomState;
  readonly question: Question;
}

function QuestionItem({ room, state, question }: QuestionProps) {
  const { consult } = state;
  const { id, number, text, answer, answered_by } = question;
  return (
    <li class="hr-question">
      <p class="hr-question-text">
        <span class="hr-number">{number}</span>
        {text}
      </p>
      {consult.allowed.includes("answer") ? (
        <Editor
          room={room}
          state={state}
          questionId={id}
          name={`answer.${id}`}
          label={t("Answer to question {number}", { number })}
          action={t("Answer")}
          given={answer}
          by={answered_by?.name}
          rows={2}
          save={(words, version) => room.wish("answers", { question_id: id, text: words, version })}
        />
      ) : (
        <>
          {!readsBlind(state, room.config.person.id) && (
            <p class={answer === null ? "muted" : "hr-given"}>{answer ?? t("Not answered yet")}</p>
          )}
          {answered_by && <small>{answered_by.name}</small>}
        </>
      )}
      {textsOf(state, id).length > 1 && <Revised state={state} questionId={id} />}
      {state.opinions?.readers.some(({ reading }) => reading !== null) && (
        <Conclusions state={state} question={question} />
      )}
    </li>
  );
}

function Opinion({ room, state }: Omit<QuestionProps, "question">) {
  const { consult } = state;
  const mayConclude = consult.allowed.includes("conclude");
  if (!mayConclude && consult.opinion === null) {
    return CLOSED.has(consult.state) ? null : (
      <Section title={t("Opinion")}>
        <p class="muted">{t("The specialist has not given an opinion yet.")}</p>
      </Section>
    );
  }
  return (
    <Section title={t("Opinion")}>
      {mayConclude ? (
        <Editor
          room={room}
          state={state}
          questionId={null}
          name="opinion"
          label={t("Findings and conclusion")}
          action={t("Give the opinion")}
          given={consult.opinion}
          rows={6}
          save={(text, version) => room.wish("opinion", { text, version })}
        />
      ) : (
        <p class="hr-given">{consult.opinion}</p>
      )}
      {textsOf(state, null).length > 1 && <Revised state={state} questionId={null} />}
    </Section>
  );
}

function Facts({ room, consult }: CaseProps) {
  const destroyed = room.destroyed.value;
  return (
    <dl class="hr-facts">
      <Fact name={t("Asked by")}>{partyText(consult.referring)}</Fact>
      <Fact name={t("Asked of")}>{partyText(consult.consulting)}</Fact>
      {consult.due_at !== null && <Fact name={t("Answer needed by")}>{dateTimeOf(consult.due_at)}</Fact>}
      {consult.reason !== null && CLOSED.has(consult.state) && (
        <Fact name={t("Reason")}>{consult.reason}</Fact>
      )}
      <Fact name={t("Right to the images")}>
        {consult.access_ends_at === null
          ? t("until {count} days after completion", { count: consult.access_days })
          : t("until {date}", { date: dateOf(consult.access_ends_at) })}
      </Fact>
      {!isGuest(room) && (
        <Fact name={t("Images read")}>
          <a href={`/consults/${consult.id}/reading`} target="_blank" rel="noopener">
            {t("Who had which images on the screen")}
          </a>
        </Fact>
      )}
      {destroyed > 0 && (
        <Fact name={t("Images")}>
          {destroyed === consult.studies.length
            ? t("The study was destroyed by the hospital that kept it. What was said and written stays.")
            : t(
                "One of the studies was destroyed by the hospital that kept it. What was said and written stays.",
              )}
        </Fact>
      )}
    </dl>
  );
}

function partyText({ hospital, person }: Party): string {
  return person === null ? hospital : `${person}, ${hospital}`;
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
