"""The states of a patient's link, computed from its moments: one place says what a link is now."""

from datetime import datetime
from enum import StrEnum

from app.sharing.models import PatientLink


class LinkState(StrEnum):
    EXPIRED = "expired"
    LOCKED = "locked"
    OPEN = "open"
    REVOKED = "revoked"


def state_of(link: PatientLink, at: datetime) -> LinkState:
    """Taken back beats expired beats locked."""
    if link.revoked_at is not None:
        return LinkState.REVOKED
    if link.expires_at <= at:
        return LinkState.EXPIRED
    return LinkState.LOCKED if link.locked_at is not None else LinkState.OPEN
