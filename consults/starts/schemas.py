"""Wishes about the images to begin with."""

from typing import Annotated

from pydantic import Field

from consults.schemas import MAX_STARTS, OfConsult, Place


class ChooseStarts(OfConsult):
    """All of them, in their order; an empty list: none."""

    places: Annotated[tuple[Place, ...], Field(max_length=MAX_STARTS)]
