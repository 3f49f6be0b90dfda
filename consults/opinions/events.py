"""Events of what comes of a consult."""

from typing import Literal

from consults.event_base import Event, Payload
from consults.events import ConsultChange
from consults.lifecycle import Agreement, Follows


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


EVENTS: dict[str, type[Event]] = {
    str(event.model_fields["type"].default): event
    for event in (ConsultResubmitted, DecisionRecorded, OutcomeReported, OutcomeWanted)
}
