"""Before a shift ends: whoever has cases without an opinion is told once, with the page on which to hand them over."""

from datetime import timedelta

from sqlalchemy import exists, func, select
from sqlalchemy.orm import aliased

from app.base.actor import SYSTEM
from app.base.db import Database, Tx
from app.identity.notices import tell_people
from app.notify.lifecycle import Kind
from app.notify.notices import News
from app.notify.queries import was_told
from consults.dispatch.duty import cases_before
from consults.dispatch.models import DutyShift

EVERY_SECONDS = 60
BEFORE_THE_END = timedelta(minutes=30)
MESSAGE = "Your shift is about to end and cases of yours wait for an opinion: {count}. Hand them over."


def remind_of_shifts(db: Database) -> int:
    """How many people were told."""
    with db.reading() as tx:
        ending = _ending(tx)
    return sum(_remind(db, shift_id, person_id) for shift_id, person_id in ending)


def _ending(tx: Tx) -> list[tuple[str, str]]:
    """Shifts about to end after which the same person is not on call at once again."""
    after = aliased(DutyShift)
    goes_on = exists().where(
        after.person_id == DutyShift.person_id,
        after.begins_at <= DutyShift.ends_at,
        after.ends_at > DutyShift.ends_at,
    )
    soon = (DutyShift.ends_at > tx.now, DutyShift.ends_at <= tx.now + BEFORE_THE_END, ~goes_on)
    return [
        (row.id, row.person_id)
        for row in tx.session.execute(select(DutyShift.id, DutyShift.person_id).where(*soon))
    ]


def _remind(db: Database, shift_id: str, person_id: str) -> int:
    subject = f"shift:{shift_id}"
    with db.transaction() as tx:
        shift = select(DutyShift).where(DutyShift.id == shift_id).with_for_update()
        if tx.session.scalar(shift) is None or was_told(tx, subject, MESSAGE):
            return 0
        count = tx.session.scalar(select(func.count()).where(cases_before(person_id))) or 0
        if not count:
            return 0
        news = News(Kind.REMINDER, MESSAGE, "/consults/handover", {"count": str(count)}, subject=subject)
        return tell_people(tx, SYSTEM, person_ids=[person_id], news=news)
