"""What the secretary writes."""

from datetime import date, datetime
from typing import Annotated

from pydantic import AwareDatetime, Field, StringConstraints, ValidationInfo, field_validator

from app.annotations.schemas import OurId
from app.base.errors import Invalid
from consults.days import is_known
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

    @field_validator("chair")
    @classmethod
    def _is_there(cls, chair: int | None, info: ValidationInfo) -> int | None:
        if chair is not None and chair >= len(info.data.get("members", ())):
            raise ValueError("nobody")
        return chair


def check_times(content: MinutesContent) -> None:
    """Raises Invalid with the field that is wrong. Of what is written only: what was kept before times were compared has
    to be read as it stands.
    """
    spans: list[tuple[str, date | None, str, date | None]] = [
        ("held_from", content.held_from, "held_to", content.held_to),
        ("treated_from", content.treated_from, "treated_to", content.treated_to),
        *(
            (f"members.{place}.joined_at", one.joined_at, f"members.{place}.left_at", one.left_at)
            for place, one in enumerate(content.members)
        ),
    ]
    for begins, first, ends, last in spans:
        for where, at in ((begins, first), (ends, last)):
            if isinstance(at, datetime) and not is_known(at):
                raise Invalid("invalid_wish", "Please check: {where} is missing or wrong.", where=where)
        if first and last and last < first:
            raise Invalid(
                "times_reversed",
                "Please check: {where} is earlier than {before}.",
                where=ends,
                before=begins,
            )
