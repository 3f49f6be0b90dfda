"""Wishes of the talk."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from app.annotations.schemas import OurId
from consults.lines import Region, Reply, Voice
from consults.schemas import ClientId, Line, OfConsult, Wish
from consults.views import View

MOST_PEOPLE = 50
MOST_PINS = 200

People = Annotated[tuple[OurId, ...], Field(max_length=MOST_PEOPLE)]
Quote = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=1000)]
Term = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class Quoted(Wish):
    """Words the line speaks of; which version of the text they stand in is for the server to say."""

    source: Literal["answer", "opinion"]
    quote: Quote


class PostMessage(OfConsult):
    """`client_id` is made by the sender and makes sending twice the same as sending once.

    `recipients`: the only people who may read the line beside its author; None: everybody in the room.
    """

    client_id: ClientId
    text: Line
    view: View | None = None
    reply_to: Reply | None = None
    mentions: People = ()
    recipients: Annotated[People, Field(min_length=1)] | None = None
    region: Region | None = None
    sentence: Quoted | None = None
    attachments: Annotated[tuple[OurId, ...], Field(max_length=10)] = ()
    voice: Voice | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.text or self.view or self.sentence or self.attachments):
            raise ValueError("a text, a view, a sentence or a file")
        if self.region is not None and self.view is None:
            raise ValueError("a region needs the view of its image")
        if self.voice is not None and len(self.attachments) != 1:
            raise ValueError("a voice needs its sound")
        return self


class GiveFile(OfConsult):
    """What is told beside the bytes of a file. With a `client_id`, sending twice is sending once.

    `recipients`: the only people who are shown it beside its sender; None: everybody who sees the case.
    """

    description: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)] = ""
    client_id: ClientId | None = None
    recipients: Annotated[People, Field(min_length=1)] | None = None


class SeenTalk(OfConsult):
    """The number of the last line that was in sight."""

    number: Annotated[int, Field(ge=0)]


class KeepNote(OfConsult):
    """One's own note on a case; empty: none."""

    text: Annotated[str, StringConstraints(max_length=20_000)]


class KeepPins(Wish):
    """Phrases of the glossary that stand on top for this person, by their Vietnamese words."""

    terms: Annotated[tuple[Term, ...], Field(max_length=MOST_PINS)]
