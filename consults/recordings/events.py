"""Events of recordings. Each carries all that the room shows of one."""

from typing import Literal

from consults.event_base import Event, Moment, Payload, Person
from consults.recordings.lifecycle import RecordingKind, RecordingState


class RecordingData(Payload):
    """`asked`: of whom it was asked; `agreed`: ids of those who are kept; `duration_ms`: once it has ended."""

    id: str
    kind: RecordingKind
    state: RecordingState
    title: str
    by: Person
    asked: list[Person]
    agreed: list[str]
    began_at: Moment | None
    duration_ms: int | None
    first: int | None
    last: int | None


class RecordingNews(Payload):
    recording: RecordingData


class RecordingAgreed(Event):
    type: Literal["recording.agreed"] = "recording.agreed"
    data: RecordingNews


class RecordingAsked(Event):
    type: Literal["recording.asked"] = "recording.asked"
    data: RecordingNews


class RecordingReady(Event):
    type: Literal["recording.ready"] = "recording.ready"
    data: RecordingNews


class RecordingRefused(Event):
    type: Literal["recording.refused"] = "recording.refused"
    data: RecordingNews


class RecordingStarted(Event):
    type: Literal["recording.started"] = "recording.started"
    data: RecordingNews


class RecordingStopped(Event):
    type: Literal["recording.stopped"] = "recording.stopped"
    data: RecordingNews


class RecordingWithdrawn(Event):
    type: Literal["recording.withdrawn"] = "recording.withdrawn"
    data: RecordingNews


EVENTS: dict[str, type[Event]] = {
    str(event.model_fields["type"].default): event
    for event in (
        RecordingAgreed,
        RecordingAsked,
        RecordingReady,
        RecordingRefused,
        RecordingStarted,
        RecordingStopped,
        RecordingWithdrawn,
    )
}
