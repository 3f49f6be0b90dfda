import { filled } from "./attachments/fold";
import type { AnswerGiven, ConsultData, ConsultEvent, MessagePosted, ParticipantJoined } from "./event_types";
import { withGuest } from "./guests/fold";
import { followedUp, readersChanged, resubmitted, unsigned } from "./opinions/fold";
import { withText } from "./opinions/written";
import { waived } from "./preflight/fold";
import { recorded } from "./recordings/fold";
import type { Annotation, Consult, Message, RoomState } from "./wire";

/**
 * One event applied to the state. An event type this page does not know still takes its number, so that an old page
 * beside a newer server stays in step.
 */
export function reduce(state: RoomState, event: ConsultEvent): RoomState {
  return { ...apply(state, event), head: event.number };
}

function apply(state: RoomState, event: ConsultEvent): RoomState {
  switch (event.type) {
    case "annotation.deleted":
      return { ...state, annotations: state.annotations.filter(({ id }) => id !== event.data.id) };
    case "annotation.put":
      return { ...state, annotations: withMark(state.annotations, event.data.annotation) };
    case "answer.given":
      return withConsult(withText(unsigned(state), event), { questions: withAnswer(state.consult, event) });
    case "attachment.added":
    case "attachment.withdrawn":
    case "lab.removed":
    case "labs.added":
      return filled(state, event);
    case "basis.completed":
    case "basis.missing":
    case "basis.reminded":
    case "basis.scanned":
    case "consult.accepted":
    case "consult.cancelled":
    case "consult.completed":
    case "consult.drafted":
    case "consult.handed-over":
    case "consult.held":
    case "consult.offered":
    case "consult.passed":
    case "consult.reassigned":
    case "consult.rejected":
    case "consult.reopened":
    case "consult.requested":
    case "consult.rescheduled":
    case "consult.resumed":
    case "consult.started":
    case "consult.withdrawn":
      return withConsult(state, changed(event.data));
    case "consult.resubmitted":
      return resubmitted(state, event);
    case "decision.recorded":
    case "outcome.reported":
    case "outcome.wanted":
      return followedUp(state, event);
    case "guest.invited":
    case "guest.withdrawn":
      return withGuest(state, event);
    case "minutes.circulated":
    case "minutes.closed":
    case "minutes.handed":
    case "minutes.read":
    case "minutes.remarked":
    case "minutes.rewritten":
    case "minutes.taken":
      return { ...state, minutes: event.data.minutes };
    case "message.posted":
      return { ...state, messages: [...state.messages, messageOf(event)] };
    case "opinion.given":
      return withConsult(withText(unsigned(state), event), {
        opinion: event.data.text,
        report_id: event.data.report_id,
      });
    case "participant.joined":
      return withConsult(state, { participants: [...state.consult.participants, participantOf(event)] });
    case "preflight.waived":
      return waived(state, event);
    case "reader.consented":
    case "reader.ended":
    case "reader.invited":
    case "reading.given":
      return readersChanged(state, event);
    case "recording.agreed":
    case "recording.asked":
    case "recording.ready":
    case "recording.refused":
    case "recording.started":
    case "recording.stopped":
    case "recording.withdrawn":
      return recorded(state, event.data);
    case "starts.chosen":
      return { ...state, starts: event.data.places };
    case "study.shared":
      return withConsult(state, { studies: [...state.consult.studies, event.data.study] });
    default:
      return state; // hidden, or younger than this page
  }
}

function withConsult(state: RoomState, change: Partial<Consult>): RoomState {
  return { ...state, consult: { ...state.consult, ...change } };
}

/** The event carries the fields that changed; null only where the consult's own field may be null. */
function changed({ consult }: ConsultData): Partial<Consult> {
  return consult as Partial<Consult>;
}

function messageOf({ actor, at, data, number }: MessagePosted): Message {
  return { ...data, number, author: actor, at };
}

function participantOf({ actor, data }: ParticipantJoined): Consult["participants"][number] {
  return { ...actor, side: data.side };
}

function withMark(marks: readonly Annotation[], mark: Annotation): Annotation[] {
  const place = marks.findIndex(({ id }) => id === mark.id);
  return place < 0 ? [...marks, mark] : marks.map((old, index) => (index === place ? mark : old));
}

function withAnswer({ questions }: Consult, { actor, data }: AnswerGiven): Consult["questions"] {
  return questions.map((question) =>
    question.id === data.question_id ? { ...question, answer: data.text, answered_by: actor } : question,
  );
}
