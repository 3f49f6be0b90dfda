"""Promises: whether they were kept, and who is told when three quarters of the time are gone and there is no opinion."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select

from app.base.db import Database, Tx
from app.notify.lifecycle import Kind
from consults.lifecycle import State
from consults.models import Consult, ConsultEvent
from consults.notices import Telling, Whom, coordinators_of, tell_of, tell_programs_of

EVERY_SECONDS = 60
GONE = 0.75
AT_RISK = Telling(
    Whom.CONSULTANT, Kind.REMINDER, "{number}: the promised time is near and there is no opinion yet."
)
_WAITING = (State.ACCEPTED, State.IN_PROGRESS, State.REQUESTED)
_UNTOLD = select(Consult).where(
    Consult.state.in_(_WAITING),
    Consult.opinion.is_(None),
    Consult.due_at.is_not(None),
    Consult.at_risk_told_at.is_(None),
)


def is_near(consult: Consult, now: datetime) -> bool:
    """Three quarters of the time until the promise are gone, or all of it."""
    if consult.requested_at is None or consult.due_at is None:
        return False
    return now >= consult.requested_at + (consult.due_at - consult.requested_at) * GONE


def in_promise(
    due_at: datetime | None, answered_at: datetime | None, closed_at: datetime | None, now: datetime
) -> bool | None:
    """Whether the opinion came in time: False too when it is still missing after that, None as long as it may still
    come, or when nothing was promised.
    """
    if due_at is None:
        return None
    if answered_at is not None:
        return answered_at <= due_at
    return None if (closed_at or now) <= due_at else False


def first_opinions(tx: Tx, consult_ids: Collection[str]) -> dict[str, datetime]:
    """When the first opinion of each was given; at most some hundreds at once."""
    given = select(ConsultEvent.consult_id, func.min(ConsultEvent.at)).where(
        ConsultEvent.consult_id.in_(consult_ids), ConsultEvent.type == "opinion.given"
    )
    return {row[0]: row[1] for row in tx.session.execute(given.group_by(ConsultEvent.consult_id))}


def warn_of_promises(db: Database) -> int:
    """Tells consultant, coordinators and both hospitals' programs, once for each consult; of how many they were told."""
    with db.reading() as tx:
        due = [consult.id for consult in tx.session.scalars(_UNTOLD) if is_near(consult, tx.now)]
    return sum(_warn(db, consult_id) for consult_id in due)


def _warn(db: Database, consult_id: str) -> bool:
    """Programs hear it where there is nobody to tell as well."""
    with db.transaction() as tx:
        held = tx.session.scalar(_UNTOLD.where(Consult.id == consult_id).with_for_update())
        if held is None:
            return False
        held.at_risk_told_at = tx.now
        people = coordinators_of(tx, held) | ({held.consultant_id} if held.consultant_id else set())
        tell_of(tx, held, AT_RISK, people)
        tell_programs_of(tx, held, "promise.at-risk", AT_RISK.kind)
        return True
