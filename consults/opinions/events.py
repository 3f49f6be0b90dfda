"""Events of what comes of a consult."""

from typing import Literal

from consults.event_base import Event, Payload, Person
from consults.events import ConsultChange
from consults.lifecycle import Agreement, Follows, ReaderKind


class RewordedQuestion(Payload):
    id: str
    text: str


class ConsultResubmittedData(Payload):
    """The consult's changed fields, and the questions that were said better."""

    consult: ConsultChange
    questions: list[RewordedQuestion]


class ConsultResubmitted(Event):
    type: Literal["consult.resubmitted"] = "consult.resubmitted"
    data: ConsultResubmittedData


class DecisionRecordedData(Payload):
    follows: Follows
    text: str


class DecisionRecorded(Event):
    type: Literal["decision.recorded"] = "decision.recorded"
    data: DecisionRecordedData


class OutcomeReportedData(Payload):
    agreement: Agreement
    diagnosis: str
    source: str


class OutcomeReported(Event):
    type: Literal["outcome.reported"] = "outcome.reported"
    data: OutcomeReportedData


class OutcomeWantedData(Payload):
    """Asked for so many days after completion."""

    days: int


class OutcomeWanted(Event):
    type: Literal["outcome.wanted"] = "outcome.wanted"
    data: OutcomeWantedData


class ReaderData(Payload):
    person: Person
    kind: ReaderKind


class ReaderInvitedData(Payload):
    """`consult` says what the reader of the event may do from now on; so with all events of readers."""

    consult: ConsultChange
    reader: ReaderData


class ReaderInvited(Event):
    type: Literal["reader.invited"] = "reader.invited"
    data: ReaderInvitedData


class ReaderEndedData(Payload):
    consult: ConsultChange
    person_id: str


class ReaderEnded(Event):
    type: Literal["reader.ended"] = "reader.ended"
    data: ReaderEndedData


class ReaderConsentedData(Payload):
    """The actor signs the consultant's conclusions as they stand."""

    consult: ConsultChange


class ReaderConsented(Event):
    type: Literal["reader.consented"] = "reader.consented"
    data: ReaderConsentedData


class Conclusion(Payload):
    question_id: str
    text: str


class ReadingData(Payload):
    """A separate opinion: a conclusion for each question, and the whole."""

    conclusions: list[Conclusion]
    text: str
    version: int


class ReadingGivenData(Payload):
    consult: ConsultChange
    reading: ReadingData


class ReadingGiven(Event):
    """By the actor, for themselves."""

    type: Literal["reading.given"] = "reading.given"
    data: ReadingGivenData


EVENTS: dict[str, type[Event]] = {
    str(event.model_fields["type"].default): event
    for event in (
        ConsultResubmitted,
        DecisionRecorded,
        OutcomeReported,
        OutcomeWanted,
        ReaderConsented,
        ReaderEnded,
        ReaderInvited,
        ReadingGiven,
    )
}
