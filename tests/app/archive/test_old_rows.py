"""Openings and associations that ended do not stay for ever; what is still at work does."""

from datetime import timedelta

from sqlalchemy import func, select

from app.archive.grants import open_study
from app.archive.models import Association, AssociationStudy, StudyOpening
from app.archive.old_rows import drop_old
from app.base import clock
from tests import dicomgen
from tests.app.archive.conftest import Archive


def counts(archive: Archive, later: timedelta) -> list[int]:
    """Openings, associations and what they brought, after the sweep of that moment."""
    with clock.shifted(later), archive.db.transaction() as tx:
        drop_old(tx)
        tables = (StudyOpening, Association, AssociationStudy)
        return [tx.session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


def test_each_goes_when_it_is_of_no_use_any_more(archive: Archive) -> None:
    (stored,) = archive.send([dicomgen.ct_slice(1)])
    archive.store(dicomgen.ct_slice(2), association_id="still open")
    with archive.db.transaction() as tx:
        open_study(tx, archive.cast.alice, study_id=stored.study_id or "", session_id="s")

    assert counts(archive, timedelta(hours=47)) == [1, 2, 2]
    assert counts(archive, timedelta(hours=49)) == [0, 2, 2]
    assert counts(archive, timedelta(days=8)) == [0, 1, 1]


def test_a_sender_may_come_again_under_the_same_name(archive: Archive) -> None:
    archive.send([dicomgen.ct_slice(1)])
    assert counts(archive, timedelta(days=8)) == [0, 0, 0]
    assert archive.store(dicomgen.ct_slice(2)).outcome == "stored"
