"""Promises at risk: three quarters of the time until the promise are gone, and nobody has given an opinion."""

from sqlalchemy import select

from app.base.db import Database, Tx
from app.notify.lifecycle import Kind
from app.notify.queries import was_told
from consults.lifecycle import State
from consults.models import Consult
from consults.notices import Telling, Whom, coordinators_of, subject_of, tell_of, tell_programs_of

EVERY_SECONDS = 60
GONE = 0.75
AT_RISK = Telling(
    Whom.CONSULTANT, Kind.REMINDER, "{number}: the promised time is near and there is no opinion yet."
)
_WAITING = (State.ACCEPTED, State.IN_PROGRESS, State.REQUESTED)


def warn_of_promises(db: Database) -> int:
    """Tells consultant and coordinators, once for each consult; of how many they were told."""
    with db.reading() as tx:
        due = [consult.id for consult in _at_risk(tx)]
    return sum(_warn(db, consult_id) for consult_id in due)


def _at_risk(tx: Tx) -> list[Consult]:
    waiting = select(Consult).where(
        Consult.state.in_(_WAITING), Consult.opinion.is_(None), Consult.due_at.is_not(None)
    )
    return [
        consult
        for consult in tx.session.scalars(waiting)
        if _is_near(tx, consult) and not was_told(tx, subject_of(consult.id), AT_RISK.message)
    ]


def _is_near(tx: Tx, consult: Consult) -> bool:
    if consult.requested_at is None or consult.due_at is None:
        return False
    return tx.now >= consult.requested_at + (consult.due_at - consult.requested_at) * GONE


def _warn(db: Database, consult_id: str) -> bool:
    with db.transaction() as tx:
        held = tx.session.scalar(select(Consult).where(Consult.id == consult_id).with_for_update())
        if held is None or was_told(tx, subject_of(consult_id), AT_RISK.message):
            return False
        people = coordinators_of(tx, held) | ({held.consultant_id} if held.consultant_id else set())
        if tell_of(tx, held, AT_RISK, people) == 0:
            return False
        tell_programs_of(tx, held, "promise.at-risk", AT_RISK.kind)
        return True
