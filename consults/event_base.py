"""What every event of a consult is made of. Sub-rooms (consults.talk, ...) declare their own kinds on it; all kinds are
listed in consults.all_events.
"""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, PlainSerializer


def moment_json(at: datetime) -> str:
    """A moment on the wire: the same text in an event and in a fetched state."""
    return at.astimezone(UTC).isoformat()


Moment = Annotated[datetime, PlainSerializer(moment_json, return_type=str, when_used="json-unless-none")]


class Payload(BaseModel):
    """The `data` of an event, or a part of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Person(Payload):
    """Somebody as others see them; the name is that of the moment."""

    id: str
    name: str
    hospital: str


class Event(Payload):
    """One kind of event: a subclass gives `type` as a literal and the shape of `data`."""

    consult_id: str
    number: int
    at: Moment
    actor: Person
