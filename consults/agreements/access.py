"""Who sees an agreement: administrators of its hospitals (a draft: of the one that writes it) and of the platform;
doctors of both hospitals once it has been in force. For everybody else it does not exist.
"""

from sqlalchemy import ColumnElement, false, or_, select, true

from app.base.actor import Actor, ActorKind, Permission
from app.base.db import Tx
from app.base.errors import Forbidden, NotFound
from consults.agreements.lifecycle import Deed, Standing, Who, next_standing
from consults.agreements.models import Agreement


def visible_agreements(actor: Actor) -> ColumnElement[bool]:
    """As a condition for lists and for one."""
    if actor.kind is not ActorKind.PERSON:
        return false()
    manages = actor.allows(Permission.AGREEMENT_MANAGE)
    if actor.hospital_id is None:
        return true() if manages else false()
    party = or_(
        Agreement.referring_hospital_id == actor.hospital_id,
        Agreement.consulting_hospital_id == actor.hospital_id,
    )
    if manages:
        wrote = Agreement.author_hospital_id == actor.hospital_id
        was_shown = or_(Agreement.state == Standing.PROPOSED, Agreement.active_at.is_not(None))
        return party & or_(wrote, was_shown)
    if actor.allows(Permission.CONSULT_DISCUSS):
        return party & Agreement.active_at.is_not(None)
    return false()


def agreement_for(tx: Tx, actor: Actor, agreement_id: str, *, lock: bool = False) -> Agreement:
    """The agreement, or NotFound."""
    query = select(Agreement).where(Agreement.id == agreement_id, visible_agreements(actor))
    found = tx.session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound
    return found


def agreement_to(tx: Tx, actor: Actor, agreement_id: str, deed: Deed) -> tuple[Agreement, Standing]:
    """The agreement with its row held, and where the deed leads; raises as the table says."""
    found = agreement_for(tx, actor, agreement_id, lock=True)
    standing, who = next_standing(Standing(found.state), deed)
    if who is Who.AUTHOR and found.author_hospital_id != actor.hospital_id:
        raise Forbidden("wrong_side", "The hospital that wrote the agreement has to do this.")
    return found, standing


def is_party(row: Agreement, actor: Actor) -> bool:
    """Whether the actor's hospital is one of the two."""
    return actor.hospital_id in {row.referring_hospital_id, row.consulting_hospital_id}
