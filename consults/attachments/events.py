"""Events of what a case brings beside its images."""

from typing import Literal

from consults.attachments.kinds import Kind
from consults.event_base import Event, Payload


class AttachmentAddedData(Payload):
    """`recipients`: the only ones who are shown it, its sender among them; absent: everybody."""

    id: str
    kind: Kind
    name: str
    media_type: str
    size: int
    description: str
    recipients: list[str] | None = None


class AttachmentAdded(Event):
    type: Literal["attachment.added"] = "attachment.added"
    data: AttachmentAddedData


class AttachmentWithdrawnData(Payload):
    id: str


class AttachmentWithdrawn(Event):
    type: Literal["attachment.withdrawn"] = "attachment.withdrawn"
    data: AttachmentWithdrawnData


class LabRow(Payload):
    """One laboratory value as the room shows it."""

    id: str
    name: str
    value: str
    unit: str
    reference: str
    flag: Literal["", "A", "H", "L"]
    taken_at: str


class LabsAddedData(Payload):
    values: list[LabRow]


class LabsAdded(Event):
    type: Literal["labs.added"] = "labs.added"
    data: LabsAddedData


class LabRemovedData(Payload):
    id: str


class LabRemoved(Event):
    type: Literal["lab.removed"] = "lab.removed"
    data: LabRemovedData


EVENTS: dict[str, type[Event]] = {
    str(event.model_fields["type"].default): event
    for event in (AttachmentAdded, AttachmentWithdrawn, LabRemoved, LabsAdded)
}
