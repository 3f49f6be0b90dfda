"""Events of people invited without an account."""

from typing import Literal

from consults.event_base import Event, Moment, Payload


class GuestData(Payload):
    """An invitation as the room shows it. `withdrawn`: it was taken back."""

    id: str
    person_id: str
    name: str
    hospital: str
    until: Moment
    hides_identity: bool
    withdrawn: bool


class GuestChangedData(Payload):
    guest: GuestData


class GuestInvited(Event):
    type: Literal["guest.invited"] = "guest.invited"
    data: GuestChangedData


class GuestWithdrawn(Event):
    type: Literal["guest.withdrawn"] = "guest.withdrawn"
    data: GuestChangedData


class ImagesCoveredData(Payload):
    """`areas`: how many are covered now; None: the pictures are held back again."""

    study_id: str
    series_id: str
    areas: int | None


class ImagesCovered(Event):
    type: Literal["images.covered"] = "images.covered"
    data: ImagesCoveredData


EVENTS: dict[str, type[Event]] = {
    "guest.invited": GuestInvited,
    "guest.withdrawn": GuestWithdrawn,
    "images.covered": ImagesCovered,
}
