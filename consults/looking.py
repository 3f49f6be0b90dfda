"""Reading a case by another way than its room."""

from app.base.actor import Actor
from app.base.db import Tx
from consults.access import consult_for
from consults.history import audit_reading
from consults.models import Participant


def note_look(tx: Tx, actor: Actor, consult_id: str) -> None:
    """Recorded of whoever has never been in the room: from now on they count as having been, see opinions.readers."""
    consult = consult_for(tx, actor, consult_id)
    if tx.session.get(Participant, (consult.id, actor.id)) is None:
        audit_reading(tx, actor, consult)
