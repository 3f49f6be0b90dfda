"""Asks for what was missing when an emergency was sent: every 4 hours on the first day, then daily, until it is there."""

from datetime import timedelta

from sqlalchemy import select

from app.base.actor import SYSTEM
from app.base.db import Database, Tx
from consults.agreements.basis import FIRST_REMINDER, basis_of
from consults.agreements.models import ConsultBasis
from consults.history import append_change
from consults.models import Consult

FREQUENT = 6
LATER = timedelta(days=1)
EVERY_SECONDS = 600


def remind(db: Database) -> int:
    """One transaction for each case that is due; says how many were reminded of."""
    with db.reading() as tx:
        due = list(
            tx.session.scalars(select(ConsultBasis.consult_id).where(ConsultBasis.remind_at <= tx.now))
        )
    return sum(_remind_of(db, consult_id) for consult_id in due)


def _remind_of(db: Database, consult_id: str) -> bool:
    with db.transaction() as tx:
        consult = tx.session.scalar(select(Consult).where(Consult.id == consult_id).with_for_update())
        row = tx.session.get(ConsultBasis, consult_id, with_for_update=True)
        if consult is None or row is None or row.remind_at is None or row.remind_at > tx.now:
            return False
        _count(tx, row)
        append_change(tx, SYSTEM, consult, "basis.reminded", basis=basis_of(tx, consult))
        return True


def _count(tx: Tx, row: ConsultBasis) -> None:
    row.reminders += 1
    row.remind_at = tx.now + (FIRST_REMINDER if row.reminders < FREQUENT else LATER)
    tx.session.flush()
