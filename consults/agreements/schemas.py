"""What an agreement says, as it is written in a form."""

from datetime import date
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from app.annotations.schemas import OurId
from consults.grounds import Mode
from consults.schemas import Wish

MOST_TERMS = 40
Minutes = Annotated[int, Field(ge=1, le=60 * 24 * 60)]
Clause = Annotated[str, StringConstraints(strip_whitespace=True, max_length=10_000)]


class TermInput(Wish):
    """Modality "" stands for any. The price is in VND."""

    mode: Mode
    modality: Annotated[str, StringConstraints(pattern=r"^([A-Z0-9]{2,16})?$")] = ""
    service: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""
    price: Annotated[int, Field(ge=0, le=10**10)] = 0
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

    @model_validator(mode="after")
    def _is_sound(self) -> Self:
        if self.valid_to < self.valid_from:
            raise ValueError("valid_to before valid_from")
        if len({(term.mode, term.modality) for term in self.terms}) < len(self.terms):
            raise ValueError("two terms for one mode and modality")
        return self
