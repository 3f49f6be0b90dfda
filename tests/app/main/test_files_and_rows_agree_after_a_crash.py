"""What a crash leaves between files and rows is set right at the next start; what is at work is not touched."""

import os
import time
from pathlib import Path

import pytest
from sqlalchemy import select, update

from app.archive.actions import store_instance
from app.archive.models import Instance, Series, Study
from app.archive.part10 import read_part10
from app.archive.states import Source, SourceKind, StudyState
from app.audit.models import AuditRecord
from app.base.blob_removal import nothing_removed, remove_unwanted
from app.base.blobs import Blobs, Spool
from app.base.db import Database
from app.base.ids import new_id
from app.base.settings import SettingsError
from app.main import reconcile as module
from app.main.reconcile import reconcile, reconcile_at_start
from tests import dicomgen
from tests.app.storing import store
from tests.cast import Cast, make_cast


def _orphan(blobs: Blobs, data: bytes = b"acknowledged to nobody") -> str:
    with blobs.open_spool() as spool:
        spool.write(data)
        return spool.commit().digest


def _left_in_the_spool(blobs: Blobs) -> Path:
    spool: Spool = blobs.open_spool()
    spool.write(b"half")
    os.close(spool._handle)  # the system does this when a process dies
    os.utime(spool.path, (time.time() - 5, time.time() - 5))
    return spool.path


def test_what_a_crash_left_goes_and_what_is_entered_stays(db: Database, blobs: Blobs, cast: Cast) -> None:
    store(db, blobs, cast.ct_a, dicomgen.ct_slice())
    orphan, left = _orphan(blobs), _left_in_the_spool(blobs)
    looked = reconcile(db, blobs, repair=False)
    assert (looked.orphans, blobs.path(orphan).exists()) == (1, True)
    found = reconcile(db, blobs)
    assert (found.spooled, found.orphans, found.missing, found.miscounted) == (1, 1, [], [])
    assert not blobs.path(orphan).exists()
    assert not left.exists()
    assert reconcile(db, blobs, whole=True).nothing


def test_an_object_whose_row_is_just_being_written_is_left_alone(
    sqlite_db: Database, blobs: Blobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.base.blob_removal._WAIT_SECONDS", 0.05)
    with blobs.open_spool() as spool:
        spool.write(b"committed, its row comes in a moment")
        digest = spool.commit().digest
        assert reconcile(sqlite_db, blobs).orphans == 0
        assert blobs.path(digest).exists()
    assert reconcile(sqlite_db, blobs).orphans == 1


def test_nothing_is_removed_while_a_backup_copies(blobs: Blobs) -> None:
    digest = _orphan(blobs)
    with nothing_removed(blobs):
        assert remove_unwanted(blobs, [digest], lambda _: set()) == 0
    assert remove_unwanted(blobs, [digest], lambda _: set()) == 1


def test_files_set_aside_are_kept(sqlite_db: Database, blobs: Blobs) -> None:
    cast = make_cast(sqlite_db)
    first = dicomgen.ct_slice()
    store(sqlite_db, blobs, cast.ct_a, first)
    other = dicomgen.ct_slice(patient_name="Another^Person")
    with blobs.open_spool() as spool:
        spool.write(other)
        spool.flush()
        part10 = read_part10(spool.path)
        blob = spool.commit()
        with sqlite_db.transaction() as tx:
            source = Source(SourceKind.DIMSE, "association-1", "CT01")
            stored = store_instance(tx, cast.ct_a, blob=blob, part10=part10, source=source)
    assert stored.outcome == "set-aside"
    assert reconcile(sqlite_db, blobs, whole=True).nothing


def test_an_image_without_its_file_is_marked_and_recorded(db: Database, blobs: Blobs, cast: Cast) -> None:
    store(db, blobs, cast.ct_a, dicomgen.ct_slice(1))
    store(db, blobs, cast.ct_a, dicomgen.ct_slice(2))
    with db.reading() as tx:
        digest = tx.session.scalars(select(Instance.digest)).first()
    assert digest is not None
    blobs.path(digest).unlink()
    assert len(reconcile(db, blobs).newly_damaged) == 1
    assert reconcile(db, blobs).newly_damaged == []  # said once
    with db.reading() as tx:
        assert list(tx.session.scalars(select(Instance.digest).where(Instance.damaged))) == [digest]
        told = tx.session.scalars(select(AuditRecord).where(AuditRecord.outcome == 8)).one()
        assert digest in told.detail


def test_a_disk_that_is_not_mounted_is_not_a_thousand_damaged_images(
    sqlite_db: Database, blobs: Blobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_SURELY_NOT_MOUNTED", 1)
    store(sqlite_db, blobs, make_cast(sqlite_db).ct_a, dicomgen.ct_slice())
    for path in blobs.objects.glob("*/*"):
        path.unlink()
    with pytest.raises(SettingsError, match="Mount the disk"):
        reconcile(sqlite_db, blobs)


@pytest.mark.parametrize("whole", [False, True])
def test_counters_are_set_to_what_the_rows_say(db: Database, blobs: Blobs, cast: Cast, whole: bool) -> None:
    study_id = store(db, blobs, cast.ct_a, dicomgen.ct_slice())
    with db.transaction() as tx:
        right = tx.session.execute(select(Study.instance_count, Study.series_count, Study.modalities)).one()
        tx.session.execute(update(Study).values(instance_count=7, size=1, modalities=""))
        tx.session.execute(update(Series).values(frame_count=9))
        if whole:
            tx.session.execute(update(Study).values(state=StudyState.COMPLETE))
    if whole:
        assert reconcile(db, blobs).nothing  # a quick start looks at what was arriving
    assert reconcile(db, blobs, whole=whole).miscounted == [study_id]
    with db.reading() as tx:
        columns = select(Study.instance_count, Study.series_count, Study.modalities, Study.size)
        assert tx.session.execute(columns).one() == (*right, len(dicomgen.ct_slice()))
        assert tx.session.scalars(select(Series.frame_count)).one() == 1


def test_a_hundred_thousand_objects_are_compared_in_seconds(sqlite_db: Database, blobs: Blobs) -> None:
    """A tenth of it here; tests/bench/bench_reconcile does the whole."""
    for number in range(10_000):
        digest = f"{number % 256:02x}{new_id():0<62}"
        (blobs.objects / digest[:2] / digest).touch()
    began = time.monotonic()
    assert reconcile(sqlite_db, blobs, repair=False).orphans == 10_000
    assert time.monotonic() - began < 2


def test_a_start_does_not_wait_for_a_large_archive_and_the_rest_is_compared_while_it_runs(
    sqlite_db: Database, blobs: Blobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(sqlite_db, blobs, make_cast(sqlite_db).ct_a, dicomgen.ct_slice())
    orphan = _orphan(blobs)
    found = reconcile(sqlite_db, blobs, seconds=0)
    assert (found.unfinished, found.orphans) == (True, 0)
    assert blobs.path(orphan).exists()
    monkeypatch.setattr(module, "AT_A_START", 0)
    reconcile_at_start(sqlite_db, blobs)
    until = time.monotonic() + 5
    while blobs.path(orphan).exists() and time.monotonic() < until:
        time.sleep(0.02)
    assert not blobs.path(orphan).exists()
