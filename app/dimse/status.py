"""DIMSE statuses (PS3.7 annex C); those of failures are the archive's, the same for every door."""

from app.archive.failures import failure_of
from app.base.errors import HoichanError
from app.dimse.messages import Answer

SUCCESS = 0x0000
NO_SUCH_INSTANCE = 0x0112
NO_SUCH_ACTION = 0x0123
UNRECOGNIZED_OPERATION = 0x0211
MOVE_DESTINATION_UNKNOWN = 0xA801
SUB_OPERATIONS_NOT_PERFORMED = 0xA702
SUB_OPERATIONS_WITH_FAILURES = 0xB000
CANCELLED = 0xFE00
PENDING = 0xFF00
PENDING_WITH_WARNING = 0xFF01


def answer_for(error: HoichanError) -> Answer:
    """The status and the reason in words."""
    return Answer(failure_of(error), str(error))


def is_warning(status: int) -> bool:
    """Done, but not quite as asked (PS3.7 annex C.4)."""
    return status in {0x0001, 0x0107, 0x0116} or status >> 12 == 0xB
