import type {
  Annotation,
  Consult,
  LogEvent,
  Message,
  Person,
  RoomEvent,
  RoomState,
  StudyRef,
  View,
} from "./wire";

type Step = (state: RoomState, event: RoomEvent) => RoomState;

/**
 * One event applied to the state. An event type this page does not know still takes its number, so that an old page
 * beside a newer server stays in step.
 */
export function reduce(state: RoomState, event: LogEvent): RoomState {
  const step = "data" in event ? STEPS.get(event.type) : undefined;
  const next = step === undefined ? state : step(state, event as RoomEvent);
  return { ...next, head: event.number };
}

const CONSULT_EVENTS = [
  "consult.accepted",
  "consult.cancelled",
  "consult.completed",
  "consult.drafted",
  "consult.held",
  "consult.rejected",
  "consult.reopened",
  "consult.requested",
  "consult.rescheduled",
  "consult.resumed",
  "consult.started",
  "consult.withdrawn",
];

const STEPS: ReadonlyMap<string, Step> = new Map<string, Step>([
  ...CONSULT_EVENTS.map((type): [string, Step] => [type, changed]),
  [
    "annotation.deleted",
    (state, { data }) => ({ ...state, annotations: without(state.annotations, data.id as string) }),
  ],
  [
    "annotation.put",
    (state, { data }) => ({ ...state, annotations: putMark(state.annotations, data.annotation) }),
  ],
  [
    "answer.given",
    (state, { actor, data }) => withConsult(state, { questions: answered(state.consult, data, actor) }),
  ],
  ["message.posted", (state, event) => ({ ...state, messages: [...state.messages, messageOf(event)] })],
  [
    "opinion.given",
    (state, { data }) =>
      withConsult(state, { opinion: data.text as string, report_id: data.report_id as string }),
  ],
  [
    "study.shared",
    (state, { data }) => withConsult(state, { studies: [...state.consult.studies, data.study as StudyRef] }),
  ],
]);

/** A consult.* event carries the fields that changed, laid over what the page has. */
function changed(state: RoomState, { data }: RoomEvent): RoomState {
  return withConsult(state, data.consult as Partial<Consult>);
}

function withConsult(state: RoomState, change: Partial<Consult>): RoomState {
  return { ...state, consult: { ...state.consult, ...change } };
}

function messageOf({ actor, at, data, number }: RoomEvent): Message {
  return {
    id: data.id as string,
    number,
    client_id: data.client_id as string,
    text: data.text as string,
    view: (data.view ?? null) as View | null,
    author: actor,
    at,
  };
}

function putMark(marks: readonly Annotation[], value: unknown): Annotation[] {
  const mark = value as Annotation;
  const place = marks.findIndex(({ id }) => id === mark.id);
  return place < 0 ? [...marks, mark] : marks.map((old, index) => (index === place ? mark : old));
}

function without(marks: readonly Annotation[], id: string): Annotation[] {
  return marks.filter((mark) => mark.id !== id);
}

function answered(consult: Consult, data: RoomEvent["data"], actor: Person): Consult["questions"] {
  return consult.questions.map((question) =>
    question.id === data.question_id
      ? { ...question, answer: data.text as string, answered_by: actor }
      : question,
  );
}
