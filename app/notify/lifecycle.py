"""The small vocabularies of telling, when somebody is left in peace, and when something is tried again."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from app.base.clock import VIETNAM


class Kind(StrEnum):
    """What a notice is about: by it people choose what is sent to them, and webhooks what they hear."""

    ARCHIVE = "archive"
    CASE = "case"
    MESSAGE = "message"
    PROGRESS = "progress"
    REMINDER = "reminder"


class Channel(StrEnum):
    """How something leaves. `messenger`: by the hospital's gateway for SMS or chat apps, which is a webhook."""

    MAIL = "mail"
    MESSENGER = "messenger"
    WEBHOOK = "webhook"


class OutgoingState(StrEnum):
    """Held, sending and waiting have a next try: of what is being sent it is when its lease is over."""

    DROPPED = "dropped"  # it was read before it left
    FAILED = "failed"
    HELD = "held"  # by quiet hours or for a digest
    KEPT = "kept"  # there is no mail server: it stands in the outbox alone
    SENDING = "sending"
    SENT = "sent"
    WAITING = "waiting"


class Digest(StrEnum):
    """How often what is not pressing is sent together."""

    DAILY = "daily"
    HOURLY = "hourly"
    OFF = "off"


OPEN = (OutgoingState.HELD, OutgoingState.SENDING, OutgoingState.WAITING)
AGAIN = (OutgoingState.FAILED, OutgoingState.KEPT, OutgoingState.WAITING, OutgoingState.HELD)
LEASE = timedelta(minutes=3)
GIVE_UP_AFTER = timedelta(hours=24)
UNREAD_FOR = timedelta(minutes=2)
DAILY_AT = time(7)
MAILED_AT_FIRST = (Kind.CASE, Kind.PROGRESS, Kind.REMINDER)
_FIRST_WAIT = timedelta(minutes=1)
_LONGEST_WAIT = timedelta(hours=4)


def wait_after(attempts: int) -> timedelta:
    """How long until the next try: 1, 2, 4 ... minutes, at most four hours."""
    doubled: int = 1 << min(max(attempts - 1, 0), 12)
    return min(_FIRST_WAIT * doubled, _LONGEST_WAIT)


@dataclass(frozen=True)
class Peace:
    """When somebody wants to hear nothing, in Vietnam's time; equal ends: never."""

    quiet_from: time = time(0)
    quiet_to: time = time(0)
    digest: Digest = Digest.OFF

    def leaves_at(self, at: datetime, *, urgent: bool) -> tuple[datetime, bool]:
        """When something told now may leave, and whether it is held until then. An emergency passes at once."""
        soon = at + UNREAD_FOR
        if urgent:
            return at, False
        due = self._after_quiet(_next_digest(soon, self.digest))
        return due, due > soon

    def _after_quiet(self, at: datetime) -> datetime:
        local = at.astimezone(VIETNAM)
        begin, end, clock = self.quiet_from, self.quiet_to, local.time()
        if begin == end:
            return at
        over_night = begin > end
        quiet = (clock >= begin or clock < end) if over_night else begin <= clock < end
        if not quiet:
            return at
        over = local.replace(hour=end.hour, minute=end.minute, second=0, microsecond=0)
        return over + timedelta(days=1) if over <= local else over


def _next_digest(at: datetime, digest: Digest) -> datetime:
    if digest is Digest.OFF:
        return at
    local = at.astimezone(VIETNAM)
    if digest is Digest.HOURLY:
        return local.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    due = local.replace(hour=DAILY_AT.hour, minute=DAILY_AT.minute, second=0, microsecond=0)
    return due if due > local else due + timedelta(days=1)
