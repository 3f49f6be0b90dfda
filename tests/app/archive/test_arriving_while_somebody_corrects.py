"""An image that arrives at the very moment a person destroys, merges, splits or rejects is never lost unseen, and
nothing is counted wrongly.
"""

import threading
import time
from collections.abc import Callable

import pytest
from sqlalchemy import select, text

from app.archive import actions
from app.archive.counters import unequal
from app.archive.models import Instance, Series, Study
from app.archive.queries import study_to_correct_info
from app.archive.states import RejectionReason
from app.base.db import Database, Tx
from app.base.errors import Conflict
from tests.app.archive.conftest import Archive
from tests.app.storing import no_record
from tests.conftest import POSTGRESQL
from tests.dicomgen import ct_slice

# SQLite's writers come one after the other.
pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.parametrize("db", [POSTGRESQL], indirect=True),
]
Act = Callable[[Tx, Archive, str], object]


def destroy(tx: Tx, archive: Archive, study_id: str) -> None:
    no_record(tx, study_id)
    asked = actions.request_deletion(tx, archive.cast.tam, study_id=study_id, reason="x")
    actions.confirm_deletion(tx, archive.cast.dung, deletion_id=asked)


def merge(tx: Tx, archive: Archive, study_id: str) -> None:
    into = tx.session.scalars(select(Study.id).where(Study.id != study_id)).one()
    actions.merge_studies(tx, archive.cast.tam, study_id=study_id, into_id=into, reason="x")


def split(tx: Tx, archive: Archive, study_id: str) -> None:
    series = study_to_correct_info(tx, archive.cast.tam, study_id).series[0].id
    actions.split_study(tx, archive.cast.tam, study_id=study_id, series_ids=[series], reason="x")


def reject(tx: Tx, archive: Archive, study_id: str) -> None:
    code = RejectionReason.QUALITY
    actions.reject(tx, archive.cast.tam, study_id=study_id, code=code, reason="x")


def waits(db: Database) -> bool:
    with db.reading() as tx:
        return bool(tx.session.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")))


class Meanwhile(threading.Thread):
    """What somebody else does; begun, and waiting for this transaction or done, when the constructor returns."""

    def __init__(self, db: Database, act: Callable[[], object]) -> None:
        super().__init__()
        self._act = act
        self.error: BaseException | None = None
        self.start()
        end = time.monotonic() + 5
        while self.is_alive() and not waits(db) and time.monotonic() < end:
            time.sleep(0.01)

    def run(self) -> None:
        try:
            self._act()
        except BaseException as error:  # noqa: BLE001 - looked at by the test
            self.error = error


def shown(db: Database) -> int:
    """Images that somebody sees, after all counts were compared with the rows."""
    with db.reading() as tx:
        studies = list(tx.session.scalars(select(Study)))
        assert not unequal(tx, [study.id for study in studies])
        seen = select(Instance.id).join(Series, Series.id == Instance.series_id)
        seen = seen.join(Study, Study.id == Series.study_id)
        return len(tx.session.scalars(seen.where(Study.rejected == "", Study.merged_into_id.is_(None))).all())


@pytest.mark.parametrize("series", ["one", "new"])
@pytest.mark.parametrize(("act", "left"), [(destroy, 2), (merge, 4), (split, 4), (reject, 4)])
def test_the_image_comes_second(archive: Archive, act: Act, left: int, series: str) -> None:
    study_id = archive.store(ct_slice(series="one")).study_id
    assert study_id is not None
    archive.store(ct_slice(series="two"))
    archive.store(ct_slice(study="other", series="other"))
    late = ct_slice(2, series=series)
    with archive.db.transaction() as tx:
        act(tx, archive, study_id)
        sender = Meanwhile(archive.db, lambda: archive.store(late))
    sender.join(10)
    assert sender.error is None or isinstance(sender.error, Conflict)
    assert archive.store(late).outcome in {"duplicate", "stored"}
    assert shown(archive.db) == left


@pytest.mark.parametrize("series", ["one", "new"])
@pytest.mark.parametrize(("act", "left"), [(destroy, 1), (merge, 4), (split, 4), (reject, 1)])
def test_the_image_comes_first(archive: Archive, act: Act, left: int, series: str) -> None:
    study_id = archive.store(ct_slice(series="one")).study_id
    assert study_id is not None
    archive.store(ct_slice(series="two"))
    archive.store(ct_slice(study="other", series="other"))

    def correct() -> None:
        with archive.db.transaction() as tx:
            act(tx, archive, study_id)

    with archive.storing(ct_slice(2, series=series)):
        person = Meanwhile(archive.db, correct)
    person.join(10)
    assert person.error is None
    assert shown(archive.db) == left
