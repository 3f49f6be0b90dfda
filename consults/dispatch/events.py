"""What happens between asking and accepting, typed. `data.consult.offer` is the offer that stands from then on."""

from typing import Literal

from consults.event_base import Event
from consults.events import ConsultData


class MovedData(ConsultData):
    """With what was written about it."""

    note: str


class ConsultHandedOver(Event):
    """The consultant's shift ends: the case goes to somebody else."""

    type: Literal["consult.handed-over"] = "consult.handed-over"
    data: MovedData


class ConsultOffered(Event):
    """Nobody accepted in time: the case went on to the next."""

    type: Literal["consult.offered"] = "consult.offered"
    data: ConsultData


class ConsultPassed(Event):
    """Somebody passed it on; when they were the last, it went on to the next. Why is for coordinators alone."""

    type: Literal["consult.passed"] = "consult.passed"
    data: ConsultData


class ConsultReassigned(Event):
    """A coordinator gave the case to somebody else."""

    type: Literal["consult.reassigned"] = "consult.reassigned"
    data: MovedData


EVENTS: dict[str, type[Event]] = {
    str(event.model_fields["type"].default): event
    for event in (ConsultHandedOver, ConsultOffered, ConsultPassed, ConsultReassigned)
}
