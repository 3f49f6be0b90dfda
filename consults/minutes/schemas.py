"""What the secretary writes."""

from datetime import date
from typing import Annotated, Self

from pydantic import AwareDatetime, Field, StringConstraints, model_validator

from app.annotations.schemas import OurId
from consults.lifecycle import Side
from consults.schemas import MAX_QUESTIONS, Wish

MOST_MEMBERS = 40

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=200)]
Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=20_000)]


class RemarkText(Wish):
    """What a reader wants changed."""

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=2000)]


class Member(Wish):
    """Somebody who took part; `person_id` for those with an account here."""

    person_id: OurId | None = None
    name: Name
    title: Short = ""
    unit: Short = ""
    side: Side
    licence_number: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)] = ""
    joined_at: AwareDatetime | None = None
    left_at: AwareDatetime | None = None


class Conclusion(Wish):
    """The conclusion on one question."""

    question: int
    text: Words


class MinutesContent(Wish):
    """The fields of form 27/BV2, then those of a talk between two hospitals. `chair` counts members from 0."""

    paper_number: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)] = ""
    department: Short = ""
    room: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)] = ""
    bed: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)] = ""
    treated_from: date | None = None
    treated_to: date | None = None
    diagnosis: Words = ""
    held_from: AwareDatetime | None = None
    held_to: AwareDatetime | None = None
    referring_point: Short = ""
    consulting_point: Short = ""
    members: Annotated[tuple[Member, ...], Field(max_length=MOST_MEMBERS)] = ()
    chair: Annotated[int, Field(ge=0, lt=MOST_MEMBERS)] | None = None
    course: Words = ""
    conclusions: Annotated[tuple[Conclusion, ...], Field(max_length=MAX_QUESTIONS)] = ()
    conclusion: Words = ""
    dissent: Words = ""
    treatment: Words = ""
    recorded: bool = False

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if self.chair is not None and self.chair >= len(self.members):
            raise ValueError("chair")
        if self.held_from and self.held_to and self.held_to < self.held_from:
            raise ValueError("held")
        if self.treated_from and self.treated_to and self.treated_to < self.treated_from:
            raise ValueError("treated")
        return self
