"""How soon an answer is needed, and the promise that follows from it."""

from datetime import datetime, timedelta
from enum import StrEnum


class Urgency(StrEnum):
    """From the longest wait to the shortest."""

    ROUTINE = "routine"
    URGENT = "urgent"
    EMERGENCY = "emergency"


DUE_WITHIN: dict[Urgency, timedelta] = {
    Urgency.EMERGENCY: timedelta(minutes=30),
    Urgency.ROUTINE: timedelta(hours=24),
    Urgency.URGENT: timedelta(hours=4),
}
URGENCY_NAMES: dict[Urgency, str] = {
    Urgency.EMERGENCY: "Emergency",
    Urgency.ROUTINE: "Routine",
    Urgency.URGENT: "Urgent",
}


def due_after(urgency: Urgency, asked_at: datetime) -> datetime:
    """The moment an answer is expected when the referrer names none."""
    return asked_at + DUE_WITHIN[urgency]
