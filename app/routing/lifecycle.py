"""The small vocabularies of routing, which state follows which, and when something is tried again."""

from datetime import timedelta
from enum import StrEnum


class DeliveryKind(StrEnum):
    """What a delivery does. All but `compress`, `grant` and `notify` go to a device."""

    AVAILABILITY = "availability"  # Instance Availability Notification (PS3.4 annex R)
    COMMITMENT = "commitment"  # the answer to a Storage Commitment request (PS3.4 annex J)
    COMPRESS = "compress"
    GRANT = "grant"
    NOTIFY = "notify"
    STUDY = "study"  # its instances, by C-STORE


class DeliveryState(StrEnum):
    """Waiting and sending have a next try: of what is being sent it is when its lease is over."""

    CANCELLED = "cancelled"
    DELIVERED = "delivered"
    FAILED = "failed"
    SENDING = "sending"
    WAITING = "waiting"


class FetchState(StrEnum):
    """A fetch waits until a worker takes it; nobody tries a failed one again but a person."""

    CANCELLED = "cancelled"
    DONE = "done"
    FAILED = "failed"
    RUNNING = "running"
    WAITING = "waiting"


class FetchMethod(StrEnum):
    """How the images come: sent to our own AE title, or over the line we asked on."""

    AUTOMATIC = "auto"  # C-MOVE, and C-GET where that brings nothing
    GET = "get"
    MOVE = "move"


class Moment(StrEnum):
    """When a rule looks at a study."""

    ARRIVAL = "arrival"
    COMPLETION = "completion"


class RuleAction(StrEnum):
    """What a rule does with a study it meets."""

    AVAILABILITY = "availability"
    COMPRESS = "compress"
    FORWARD = "forward"
    GRANT = "grant"
    NOTIFY = "notify"


OPEN = (DeliveryState.SENDING, DeliveryState.WAITING)
OPEN_FETCHES = (FetchState.RUNNING, FetchState.WAITING)

LEASE = timedelta(minutes=3)
GIVE_UP_AFTER = timedelta(days=3)
_FIRST_WAIT = timedelta(minutes=1)
_LONGEST_WAIT = timedelta(hours=6)


def wait_after(attempts: int) -> timedelta:
    """How long until the next try: 1, 2, 4 ... minutes, at most six hours."""
    doubled: int = 1 << min(max(attempts - 1, 0), 12)
    return min(_FIRST_WAIT * doubled, _LONGEST_WAIT)
