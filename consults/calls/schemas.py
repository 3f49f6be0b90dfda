"""What a browser says about a call. Descriptions and candidates are another browser's words: their sizes are bounded,
their content is for the other browser to judge.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from app.annotations.schemas import OurId
from consults.schemas import OfConsult, Wish

Sdp = Annotated[str, StringConstraints(max_length=24_000)]


class Shown(OfConsult):
    """What others are told about one's own sound and pictures."""

    muted: bool = False
    camera: bool = False
    screen: bool = False


class Description(Wish):
    type: Literal["answer", "offer"]
    sdp: Sdp


class Candidate(Wish):
    """As the browser's RTCIceCandidate.toJSON() writes it; an empty one ends the list."""

    candidate: Annotated[str, StringConstraints(max_length=1000)]
    sdpMid: Annotated[str, StringConstraints(max_length=32)] | None = None  # noqa: N815 - the browser's word
    sdpMLineIndex: Annotated[int, Field(ge=0, le=64)] | None = None  # noqa: N815 - the browser's word
    usernameFragment: Annotated[str, StringConstraints(max_length=256)] | None = None  # noqa: N815 - the browser's word


class SendSignal(OfConsult):
    """To one other member of the same call."""

    to: OurId
    description: Description | None = None
    candidate: Candidate | None = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if (self.description is None) == (self.candidate is None):
            raise ValueError("a description or a candidate")
        return self


class Publish(OfConsult):
    """What this window sends to a conference: its offer, with all its candidates."""

    sdp: Sdp


class HearMember(OfConsult):
    """Another member of the conference, whose sound and pictures are wanted."""

    to: OurId


class StartHearing(HearMember):
    """The answer to the offer that came."""

    sdp: Sdp


class GiveControl(OfConsult):
    person_id: OurId
