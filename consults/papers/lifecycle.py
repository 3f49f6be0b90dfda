"""The states of a package on its way, and how long it is kept."""

from datetime import timedelta
from enum import StrEnum

KEPT = timedelta(hours=24)
GIVEN_UP = timedelta(hours=1)


class Phase(StrEnum):
    """Where a package stands. A cancelled one is gone from sight at once, a ready one when its time is over."""

    CANCELLED = "cancelled"
    FAILED = "failed"
    MAKING = "making"
    READY = "ready"
    WAITING = "waiting"


UNDER_WAY = frozenset({Phase.MAKING, Phase.WAITING})
SHOWN = frozenset({Phase.FAILED, Phase.READY}) | UNDER_WAY
