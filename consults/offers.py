"""To whom a case is offered, one after another: the person asked, then the group or the duty pool, then the coordinator.

How long each may think follows from the urgency, and is never more than half of the time left until the promise.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from consults.event_base import Moment, Payload
from consults.urgency import Urgency


class OfferKind(StrEnum):
    """Who has the case before them."""

    COORDINATOR = "coordinator"
    GROUP = "group"
    PERSON = "person"
    POOL = "pool"


class OfferEnd(StrEnum):
    """How an offer ended."""

    ACCEPTED = "accepted"
    EXPIRED = "expired"
    PASSED = "passed"
    WITHDRAWN = "withdrawn"


class OfferData(Payload):
    """The offer that stands: `to` is a person's or a group's name, "" for the pool and the coordinator."""

    step: int
    kind: OfferKind
    to: str
    since: Moment
    until: Moment | None


OFFERED_FOR: dict[Urgency, timedelta] = {
    Urgency.EMERGENCY: timedelta(minutes=5),
    Urgency.ROUTINE: timedelta(hours=1),
    Urgency.URGENT: timedelta(minutes=15),
}
SHORTEST = timedelta(minutes=1)


def offered_until(at: datetime, thinking: timedelta, due_at: datetime | None) -> datetime:
    """When the case goes on to the next."""
    half = (due_at - at) / 2 if due_at else thinking
    return at + max(min(thinking, half), SHORTEST)
