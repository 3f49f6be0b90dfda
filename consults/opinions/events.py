"""Events of what comes of a consult."""

from typing import Literal

from consults.event_base import Event, Payload
from consults.events import ConsultChange


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


EVENTS: dict[str, type[Event]] = {
    str(event.model_fields["type"].default): event for event in (ConsultResubmitted,)
}
