"""The only way to the minutes: who sees the consult knows of them, and a draft's words are its secretary's."""

from app.base.actor import Actor, Permission
from app.base.db import Tx
from app.base.errors import Conflict, Forbidden, NotFound
from app.identity.queries import person_info
from consults.access import consult_for, seats_of
from consults.lifecycle import CALLED_OFF, Seat
from consults.minutes.lifecycle import WITH_PEN, Deed, Standing, next_standing
from consults.minutes.models import ConsultMinutes
from consults.models import Consult

# A second reader until their own reading is given, and guests, who may not know the patient.
KEPT_OUT = frozenset({Seat.BLIND, Seat.GUEST})

CALLED_OFF_UNWRITTEN = "This case was called off, and nobody had begun minutes."


def consult_with_minutes(
    tx: Tx, actor: Actor, consult_id: str, *, lock: bool = False
) -> tuple[Consult, ConsultMinutes | None]:
    """Raises NotFound for whoever may not see the consult, until it has been asked for, and for whoever reads without
    knowing the others' opinions.
    """
    actor.check(Permission.CONSULT_DISCUSS)
    consult = consult_for(tx, actor, consult_id, lock=lock)
    if consult.requested_at is None or seats_of(consult, actor) & KEPT_OUT:
        raise NotFound
    return consult, tx.session.get(ConsultMinutes, consult_id)


def minutes_for(
    tx: Tx, actor: Actor, consult_id: str, deed: Deed
) -> tuple[Consult, ConsultMinutes, Standing]:
    """Both rows, held, and where the deed leads; raises NotFound, Forbidden or Conflict."""
    consult, row = consult_with_minutes(tx, actor, consult_id, lock=True)
    if row is None:
        raise NotFound
    if deed in WITH_PEN and row.secretary_id != actor.id:
        raise Forbidden("no_pen", "Only the secretary, who has the pen, may do this.")
    return consult, row, next_standing(Standing(row.state), deed)


def check_version(row: ConsultMinutes, version: int) -> None:
    """Raises Conflict when somebody saved in between."""
    if row.version != version:
        raise Conflict(
            "minutes_changed",
            "The minutes were saved elsewhere in between. Look at what stands there now.",
        )


def may_take(tx: Tx, consult: Consult, row: ConsultMinutes | None) -> bool:
    """Nobody has the pen, or its holder's account is closed and the minutes are not. Of what was called off no minutes
    are begun.
    """
    if row is None:
        return consult.state not in CALLED_OFF
    return row.state != Standing.CLOSED and not person_info(tx, row.secretary_id).active


def may_read(row: ConsultMinutes, actor: Actor) -> bool:
    """A draft's words are its secretary's until they are circulated."""
    return row.state != Standing.DRAFT or row.secretary_id == actor.id
