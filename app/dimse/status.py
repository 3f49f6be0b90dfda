"""DIMSE statuses (PS3.7 annex C); those of failures are the archive's, the same for every door."""

from app.archive.failures import failure_of
from app.base.errors import HoichanError
from app.dimse.messages import Answer

SUCCESS = 0x0000
UNRECOGNIZED_OPERATION = 0x0211


def answer_for(error: HoichanError) -> Answer:
    """The status and the reason in words."""
    return Answer(failure_of(error), str(error))
