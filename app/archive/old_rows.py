"""Rows that have done their work. What they stood for is in the audit log."""

from datetime import timedelta

from sqlalchemy import delete, select

from app.archive.models import Association, AssociationStudy, StudyOpening
from app.base.db import Tx

KEEP_ASSOCIATIONS = timedelta(days=7)
KEEP_OPENINGS = timedelta(days=2)  # longer than a key opens anything: their closing is recorded first


def drop_old(tx: Tx) -> None:
    """Periodic: openings whose key opens nothing any more, associations that ended a week ago."""
    tx.session.execute(delete(StudyOpening).where(StudyOpening.opened_at <= tx.now - KEEP_OPENINGS))
    ended = Association.closed_at < tx.now - KEEP_ASSOCIATIONS
    brought = AssociationStudy.association_id.in_(select(Association.id).where(ended))
    for old in (delete(AssociationStudy).where(brought), delete(Association).where(ended)):
        tx.session.execute(old, execution_options={"synchronize_session": False})
