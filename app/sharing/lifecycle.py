"""The states of a patient's link, computed from its moments: one place says what a link is now."""

from datetime import datetime

from app.sharing.models import PatientLink
from app.sharing.states import LinkState


def state_of(link: PatientLink, at: datetime) -> LinkState:
    """Taken back beats expired beats locked."""
    if link.revoked_at is not None:
        return LinkState.REVOKED
    if link.expires_at <= at:
        return LinkState.EXPIRED
    return LinkState.LOCKED if link.locked_at is not None else LinkState.OPEN
