"""What somebody writes about protocols."""

from typing import Annotated

from pydantic import Field, StringConstraints

from consults.schemas import Wish

SeriesWords = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=120)]


class ProtocolInput(Wish):
    """`words`: of the study's description or body part, empty for all; `series`: each with bars between words of
    which one is enough.
    """

    modality: Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[A-Z]{2,16}$")]
    words: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""
    series: Annotated[tuple[SeriesWords, ...], Field(min_length=1, max_length=20)]
