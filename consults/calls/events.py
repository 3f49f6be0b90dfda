"""Events of a call, for the minutes: when it was held and who took part. What was said is kept by nobody."""

from typing import Literal

from consults.event_base import Event, Payload, Person


class CallStartedData(Payload):
    """The actor of the event was the first in the call."""


class CallEndedData(Payload):
    """`people`: everybody who was in it for a while; empty when the server stopped before it could be noted."""

    seconds: int
    people: list[Person]


class CallStarted(Event):
    type: Literal["call.started"] = "call.started"
    data: CallStartedData


class CallEnded(Event):
    type: Literal["call.ended"] = "call.ended"
    data: CallEndedData


EVENTS: dict[str, type[Event]] = {
    str(event.model_fields["type"].default): event for event in (CallEnded, CallStarted)
}
