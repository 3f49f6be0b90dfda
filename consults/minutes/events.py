"""Events of the minutes. Each carries all that the room shows of them, so that the newest one stands."""

from typing import Literal

from consults.event_base import Event, Payload, Person
from consults.minutes.lifecycle import Standing


class MinutesNews(Payload):
    """`read`: how many have read this version."""

    state: Standing
    version: int
    secretary: Person
    read: int
    remarks: int


class MinutesData(Payload):
    minutes: MinutesNews


class MinutesCirculated(Event):
    type: Literal["minutes.circulated"] = "minutes.circulated"
    data: MinutesData


class MinutesClosed(Event):
    type: Literal["minutes.closed"] = "minutes.closed"
    data: MinutesData


class MinutesHanded(Event):
    type: Literal["minutes.handed"] = "minutes.handed"
    data: MinutesData


class MinutesRead(Event):
    type: Literal["minutes.read"] = "minutes.read"
    data: MinutesData


class MinutesRemarked(Event):
    type: Literal["minutes.remarked"] = "minutes.remarked"
    data: MinutesData


class MinutesRewritten(Event):
    """What was circulated is a draft again."""

    type: Literal["minutes.rewritten"] = "minutes.rewritten"
    data: MinutesData


class MinutesTaken(Event):
    type: Literal["minutes.taken"] = "minutes.taken"
    data: MinutesData


EVENTS: dict[str, type[Event]] = {
    str(event.model_fields["type"].default): event
    for event in (
        MinutesCirculated,
        MinutesClosed,
        MinutesHanded,
        MinutesRead,
        MinutesRemarked,
        MinutesRewritten,
        MinutesTaken,
    )
}
