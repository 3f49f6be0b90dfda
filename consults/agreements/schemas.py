"""What an agreement says, as it is written in a form."""

from datetime import date
from typing import Annotated

from pydantic import Field, StringConstraints

from app.annotations.schemas import OurId
from app.base.errors import Invalid
from consults.grounds import Mode
from consults.numbers import Amount, Whole
from consults.schemas import Wish

MOST_TERMS = 40
Minutes = Annotated[Whole, Field(ge=1, le=60 * 24 * 60)]
Clause = Annotated[str, StringConstraints(strip_whitespace=True, max_length=10_000)]


class TermInput(Wish):
    """Modality "" stands for any. The price is in VND."""

    mode: Mode
    modality: Annotated[str, StringConstraints(pattern=r"^([A-Z0-9]{2,16})?$")] = ""
    service: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""
    price: Annotated[Amount, Field(ge=0, le=10**10)] = 0
    routine: Minutes
    urgent: Minutes
    emergency: Minutes


class AgreementInput(Wish):
    """Clauses may be empty in a draft; proposing wants all of them (Decree 96/2023 Art. 87.11)."""

    number: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
    referring_hospital_id: OurId
    consulting_hospital_id: OurId
    valid_from: date
    valid_to: date
    responsibilities: Clause = ""
    infrastructure: Clause = ""
    storage: Clause = ""
    cost: Clause = ""
    terms: Annotated[tuple[TermInput, ...], Field(min_length=1, max_length=MOST_TERMS)]


def check_agreement(content: AgreementInput) -> None:
    """What only two fields or two rows together say. Raises Invalid with the one that is wrong."""
    if content.valid_to < content.valid_from:
        raise Invalid(
            "times_reversed",
            "Please check: {where} is earlier than {before}.",
            where="valid_to",
            before="valid_from",
        )
    kinds = [(term.mode, term.modality) for term in content.terms]
    for place, kind in enumerate(kinds):
        first = kinds.index(kind)
        if first < place:
            raise Invalid(
                "same_kind_twice",
                "Please check: {where} is for the same kind of case and modality as row {row}.",
                where=f"terms.{place}",
                row=first + 1,
            )
