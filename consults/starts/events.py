"""Events of the images to begin with."""

from typing import Literal

from consults.event_base import Event, Payload


class StartPlace(Payload):
    """A frame, counted from 1."""

    study_id: str
    sop_instance_uid: str
    frame_number: int


class StartsChosenData(Payload):
    """All of them: what stood before is replaced."""

    places: list[StartPlace]


class StartsChosen(Event):
    type: Literal["starts.chosen"] = "starts.chosen"
    data: StartsChosenData


EVENTS: dict[str, type[Event]] = {"starts.chosen": StartsChosen}
