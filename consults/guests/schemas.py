from typing import Annotated

from pydantic import AwareDatetime, Field, StringConstraints

from app.annotations.schemas import OurId
from consults.schemas import OfConsult


class InviteGuest(OfConsult):
    """Whom, as the inviter writes it, and until when; `hides_identity`: they are never told who the patient is."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=150)]
    licence_number: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=40)]
    hospital: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=200)]
    contact: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""
    until: AwareDatetime
    hides_identity: bool = False


class OfGuest(OfConsult):
    """A wish about one invitation."""

    guest_id: OurId


Pixels = Annotated[int, Field(ge=0, le=100_000)]


class CoverImages(OfConsult):
    """`areas` as left, top, right, bottom in pixels; empty: nothing is written; None: held back again.
    `until`: when the last of the images arrived that were shown to whoever says so.
    """

    series_id: OurId
    columns: Pixels
    rows: Pixels
    areas: Annotated[list[tuple[Pixels, Pixels, Pixels, Pixels]], Field(max_length=20)] | None
    until: AwareDatetime
