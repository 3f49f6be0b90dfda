"""What a line of the talk may carry beside its words: the same shapes in a wish, in its event and in the state.

Nothing of it is there unless it was given: a line that carries nothing is as small as it was before.
"""

from typing import Annotated, Literal

from pydantic import Field

from app.annotations.schemas import OurId
from consults.event_base import Payload

_FARTHEST = 100_000.0
Coordinate = Annotated[float, Field(ge=-_FARTHEST, le=_FARTHEST, allow_inf_nan=False)]
Length = Annotated[float, Field(gt=0, le=_FARTHEST, allow_inf_nan=False)]


class Reply(Payload):
    """What the line answers: another line, or a mark on an image."""

    kind: Literal["annotation", "message"]
    id: OurId


class Region(Payload):
    """A rectangle on the image of the line's view, in that image's columns and rows."""

    x: Coordinate
    y: Coordinate
    width: Length
    height: Length


class Voice(Payload):
    """How the sound looks that the line carries: seconds, and its loudness from 0 to 100 at even steps. Both are told by
    the sender's screen and are for the eye alone.
    """

    seconds: Annotated[int, Field(ge=0, le=600)]
    peaks: Annotated[list[Annotated[int, Field(ge=0, le=100)]], Field(max_length=64)]


class Sentence(Payload):
    """Words of an answer or opinion. `number`: the event that wrote the text they stand in, that is its version."""

    source: Literal["answer", "opinion"]
    quote: str
    number: int
