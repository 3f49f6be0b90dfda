"""What is announced: the bell counts again, the outbox asks again."""

from app.base.db import Tx
from app.base.events import announce

NOTICE_CHANGED = "notice.changed"
OUTGOING_CHANGED = "outgoing.changed"


def announce_notice(tx: Tx, person_id: str) -> None:
    """To the person whose bell it is."""
    announce(tx, f"person:{person_id}", NOTICE_CHANGED, {})


def announce_outgoing(tx: Tx, hospital_id: str, outgoing_id: str) -> None:
    """To the hospital whose outbox it is."""
    announce(tx, f"hospital:{hospital_id}", OUTGOING_CHANGED, {"outgoing_id": outgoing_id})
