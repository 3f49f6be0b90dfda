"""Asks the referrer, once and some days after completion, what the case turned out to be."""

from sqlalchemy import select

from app.base.actor import SYSTEM
from app.base.db import Database
from consults.history import append
from consults.models import Consult
from consults.opinions.events import OutcomeWantedData
from consults.opinions.queries import WANTED, to_remind


def ask_for_outcomes(db: Database, days: int) -> int:
    """How many were asked. Two workers at once ask once: the row is held, and whether it is due is seen again."""
    with db.reading() as tx:
        due = to_remind(tx, days)
    asked = 0
    for consult_id in due:
        with db.transaction() as tx:
            held = tx.session.scalar(select(Consult).where(Consult.id == consult_id).with_for_update())
            if held is not None and consult_id in to_remind(tx, days):
                append(tx, SYSTEM, held, WANTED, OutcomeWantedData(days=days))
                asked += 1
    return asked
