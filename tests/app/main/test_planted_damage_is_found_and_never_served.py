"""A byte that changed on the disk is found by reading, told, not shown, and healed by a good copy."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from app.archive.counters import unequal
from app.archive.integrity import heal
from app.archive.maintenance import MaintenanceKind, last_runs
from app.archive.models import Instance, SetAside, Study
from app.archive.outgoing_files import outgoing_of
from app.archive.part10 import read_part10
from app.archive.queries import locate_frame, series_frames
from app.audit.models import AuditRecord
from app.base.actor import SYSTEM
from app.base.blobs import Blob, Blobs
from app.base.clock import shifted
from app.base.db import Database
from app.base.errors import Unsupported
from app.edge.services import Services
from app.main.scrub import verify_objects, verify_some
from app.notify.models import Notice
from app.render.cache import FileCache
from app.render.decode import DecodeClient
from app.render.frames import PREVIEW, Renderer
from tests import dicomgen
from tests.app.storing import store
from tests.cast import Cast, make_cast

NOW = timedelta(0)


@pytest.fixture
def renderer(blobs: Blobs, tmp_path: Path) -> Renderer:
    return Renderer(blobs, DecodeClient(tmp_path / "none.sock"), FileCache(tmp_path / "cache", 1 << 20))


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)


def _five(db: Database, blobs: Blobs, cast: Cast) -> list[bytes]:
    files = [dicomgen.ct_slice(number) for number in range(1, 6)]
    for data in files:
        store(db, blobs, cast.ct_a, data)
    return files


def _instances(db: Database) -> list[Instance]:
    with db.reading() as tx:
        return list(tx.session.scalars(select(Instance).order_by(Instance.number)))


def test_five_flipped_bytes_are_five_findings(db: Database, blobs: Blobs, cast: Cast) -> None:
    _five(db, blobs, cast)
    assert verify_objects(db, blobs, unread_for=NOW).damaged == []
    for row in _instances(db)[:4]:
        _flip(blobs.path(row.digest))
    blobs.path(_instances(db)[4].digest).unlink()
    found = verify_objects(db, blobs, unread_for=NOW)
    assert (found.objects, len(found.damaged)) == (5, 5)
    assert verify_objects(db, blobs, unread_for=NOW).damaged == []  # told once
    with db.reading() as tx:
        told = [row.detail for row in tx.session.scalars(select(AuditRecord)) if row.outcome == 8]
        assert len(told) == 5
        notice = tx.session.scalars(select(Notice)).one()
        assert (notice.person_id, notice.path) == (cast.dung.id, "/storage")


def test_a_damaged_image_is_refused_with_its_reason(
    sqlite_db: Database, blobs: Blobs, renderer: Renderer
) -> None:
    cast = make_cast(sqlite_db)
    store(sqlite_db, blobs, cast.ct_a, dicomgen.ct_slice())
    row = _instances(sqlite_db)[0]
    with sqlite_db.reading() as tx:
        good = locate_frame(tx, cast.alice, instance_id=row.id, frame_number=1)
    assert renderer.preview(good)  # a copy lies in the cache
    _flip(blobs.path(row.digest))
    verify_objects(sqlite_db, blobs, unread_for=NOW)
    with sqlite_db.reading() as tx:
        location = locate_frame(tx, cast.alice, instance_id=row.id, frame_number=1)
        assert [frame.damaged for frame in series_frames(tx, cast.alice, row.series_id)] == [True]
        assert outgoing_of(tx, cast.alice, instance_id=row.id) == []
    for show in (renderer.preview, renderer.stored_frame, lambda at: renderer.rendered_frame(at, PREVIEW)):
        with pytest.raises(Unsupported) as shown:
            show(location)
        assert shown.value.code == "damaged"


def test_a_file_set_aside_is_read_again_like_the_others_and_not_taken_when_damaged(
    sqlite_db: Database, blobs: Blobs
) -> None:
    db, cast = sqlite_db, make_cast(sqlite_db)
    store(db, blobs, cast.ct_a, dicomgen.ct_slice())
    with pytest.raises(AssertionError):  # it enters no study
        store(db, blobs, cast.ct_a, dicomgen.ct_slice(patient_name="Another^Person"))
    with db.reading() as tx:
        digest = tx.session.scalars(select(SetAside.digest)).one()
    _flip(blobs.path(digest))
    found = verify_objects(db, blobs, unread_for=NOW)
    assert (found.objects, [one.digest for one in found.damaged]) == (2, [digest])
    assert verify_objects(db, blobs, unread_for=NOW).damaged == []
    with db.reading() as tx:
        assert tx.session.scalars(select(SetAside.damaged)).one()
    _flip(blobs.path(digest))
    assert [one.digest for one in verify_objects(db, blobs, unread_for=NOW).healed] == [digest]


def test_the_same_image_sent_again_heals_it(db: Database, blobs: Blobs, cast: Cast) -> None:
    data = _five(db, blobs, cast)[0]
    row = _instances(db)[0]
    _flip(blobs.path(row.digest))
    assert len(verify_objects(db, blobs, unread_for=NOW).damaged) == 1
    store(db, blobs, cast.ct_a, data)
    assert [one.damaged for one in _instances(db)] == [False] * 5
    assert blobs.read(_instances(db)[0].digest) == data
    assert verify_objects(db, blobs, unread_for=NOW).damaged == []


def test_a_study_healed_by_a_longer_file_counts_its_bytes(sqlite_db: Database, blobs: Blobs) -> None:
    """The same image, with another preamble's meta group: its pixels and header are what they were."""
    data = _five(sqlite_db, blobs, make_cast(sqlite_db))[0]
    row = _instances(sqlite_db)[0]
    with sqlite_db.reading() as tx:
        known, study_id = tx.session.execute(select(Study.size, Study.id)).one()
    assert known == sum(one.size for one in _instances(sqlite_db))
    with sqlite_db.transaction() as tx:
        tx.session.execute(update(Instance).where(Instance.id == row.id).values(damaged=True))
        longer = Blob("0" * 64, len(data) + 100)
        with blobs.open_spool() as spool:
            spool.write(data)
            spool.flush()
            heal(tx, SYSTEM, instance_id=row.id, blob=longer, part10=read_part10(spool.path))
    with sqlite_db.reading() as tx:
        assert tx.session.scalar(select(Study.size).where(Study.id == study_id)) == known + 100
        assert unequal(tx, [study_id]) == []


def test_a_file_brought_back_from_a_backup_heals_it_too(sqlite_db: Database, blobs: Blobs) -> None:
    data = _five(sqlite_db, blobs, make_cast(sqlite_db))[0]
    path = blobs.path(_instances(sqlite_db)[0].digest)
    path.unlink()
    verify_objects(sqlite_db, blobs, unread_for=NOW)
    path.write_bytes(data)
    assert len(verify_objects(sqlite_db, blobs, unread_for=NOW).healed) == 1
    assert not any(one.damaged for one in _instances(sqlite_db))


def test_the_steady_one_leaves_what_was_read_this_week(sqlite_db: Database, blobs: Blobs) -> None:
    _five(sqlite_db, blobs, make_cast(sqlite_db))
    week = timedelta(days=7)
    assert verify_objects(sqlite_db, blobs, unread_for=week).objects == 0  # digested when it came
    assert verify_objects(sqlite_db, blobs, unread_for=NOW, bytes_per_second=1 << 30).objects == 5
    assert all(row.verified_at for row in _instances(sqlite_db))


def test_its_steps_of_a_day_are_one_run(services: Services, db: Database, blobs: Blobs, cast: Cast) -> None:
    _five(db, blobs, cast)
    for day in (8, 9):
        with shifted(timedelta(days=8, hours=day)):
            verify_some(services)
        with db.transaction() as tx:
            tx.session.execute(update(Instance).values(verified_at=None))
    with shifted(timedelta(days=8, hours=10)), db.reading() as tx:
        assert last_runs(tx)[MaintenanceKind.VERIFICATION].objects == 10
