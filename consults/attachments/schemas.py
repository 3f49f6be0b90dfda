"""Wishes about what a case brings beside its images."""

from typing import Annotated

from pydantic import StringConstraints

from app.annotations.schemas import OurId
from consults.schemas import OfConsult


class WithdrawAttachment(OfConsult):
    attachment_id: OurId


class AddLabs(OfConsult):
    """`text`: one value a line, as typed or as a spreadsheet gives it."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=20_000)]


class RemoveLab(OfConsult):
    lab_id: OurId
