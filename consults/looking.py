"""Reading a case by another way than its room."""

from app.base.actor import Actor
from app.base.db import Tx
from consults.access import consult_for
from consults.history import audit_reading
from consults.models import Participant


def note_look(tx: Tx, actor: Actor, consult_id: str) -> None:
    """Recorded of whoever is not in the room: whether they may still read blind is decided by it, see opinions.readers."""
    consult = consult_for(tx, actor, consult_id)
    place = tx.session.get(Participant, (consult.id, actor.id))
    if place is None or place.left_at is not None:
        audit_reading(tx, actor, consult)


def has_left(tx: Tx, actor: Actor, consult_id: str) -> bool:
    """Whether they have been in the room, and no window of theirs is there."""
    place = tx.session.get(Participant, (consult_id, actor.id))
    return place is not None and place.left_at is not None
