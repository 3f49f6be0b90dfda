"""Wishes about who gets a case."""

from typing import Annotated

from pydantic import Field, StringConstraints

from app.annotations.schemas import OurId
from consults.numbers import Whole
from consults.schemas import OfConsult, ReasonText, Wish

Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=100)]
Modality = Annotated[
    str, StringConstraints(strip_whitespace=True, to_upper=True, pattern=r"^[A-Za-z]{2,16}$")
]
Minutes = Annotated[Whole, Field(ge=1, le=24 * 60)]


class PassOffer(OfConsult):
    """Not for me: to the next."""

    reason: ReasonText


class HandOver(OfConsult):
    """`person_id` None: to whoever is on call."""

    person_id: OurId | None = None
    note: Note = ""


class HandOverAll(Wish):
    """At the end of a shift; `person_id` None: to whoever is on call."""

    person_id: OurId | None = None
    note: Note = ""


class Reassign(HandOver):
    """A coordinator gives the case to somebody else."""


class GroupInput(Wish):
    """A duty group as its page sends it."""

    name: Name
    specialty: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)] = ""
    modalities: Annotated[tuple[Modality, ...], Field(max_length=20)] = ()
    emergency: Minutes = 5
    urgent: Minutes = 15
    routine: Minutes = 60
    members: Annotated[tuple[OurId, ...], Field(max_length=200)] = ()
