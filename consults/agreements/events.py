"""What happens to the basis of a case after it was sent, typed. The whole basis comes with each."""

from typing import Literal

from consults.event_base import Event
from consults.events import ConsultData


class BasisCompleted(Event):
    """Some or all of what was missing is there."""

    type: Literal["basis.completed"] = "basis.completed"
    data: ConsultData


class BasisMissing(Event):
    """An emergency was sent without its whole basis."""

    type: Literal["basis.missing"] = "basis.missing"
    data: ConsultData


class BasisReminded(Event):
    """The referring side was asked again for what is missing."""

    type: Literal["basis.reminded"] = "basis.reminded"
    data: ConsultData


class BasisScanned(Event):
    type: Literal["basis.scanned"] = "basis.scanned"
    data: ConsultData


EVENTS: dict[str, type[Event]] = {
    str(event.model_fields["type"].default): event
    for event in (BasisCompleted, BasisMissing, BasisReminded, BasisScanned)
}
