"""A file that is decided to be no image of its own, or came twice, leaves the disk within seconds; wanted ones stay."""

import pytest

from app.archive import actions
from app.archive.comparing import open_stored
from app.archive.set_asides import UNWANTED
from app.archive.states import SetAsideDecision
from app.base.blob_removal import nothing_removed
from app.base.jobs import Job
from app.main.reconcile import reconcile
from app.routing.compressing import REMOVE, remove_replaced
from tests.app.archive.conftest import Archive
from tests.app.archive.test_a_study_is_corrected import stored_bytes
from tests.app.archive.test_files_set_aside_are_decided import collided, set_aside_digest
from tests.dicomgen import ct_slice


def run_jobs(archive: Archive) -> None:
    with archive.db.reading() as tx:
        digests = [job.subject_id for job in tx.session.query(Job).filter_by(name=UNWANTED)]
    for digest in digests:
        remove_replaced(archive.db, archive.blobs, digest)


@pytest.mark.parametrize(
    ("decision", "stays"),
    [
        (SetAsideDecision.DISCARD, False),
        (SetAsideDecision.KEEP_BOTH, True),
        (SetAsideDecision.REPLACE, True),
    ],
)
def test_a_file_set_aside_goes_when_it_is_discarded(
    sqlite_archive: Archive, decision: SetAsideDecision, stays: bool
) -> None:
    archive = sqlite_archive
    _, found = collided(archive)
    digest = set_aside_digest(archive, found)
    part10 = open_stored(archive.blobs, digest).part10
    with archive.db.transaction() as tx:
        actions.resolve_set_aside(tx, archive.cast.tam, set_aside_id=found, decision=decision, part10=part10)
    run_jobs(archive)
    assert archive.blobs.path(digest).exists() == stays
    assert len(stored_bytes(archive.blobs)) == 1 + stays


def test_the_same_image_with_another_preamble_leaves_no_second_file(sqlite_archive: Archive) -> None:
    archive = sqlite_archive
    data = ct_slice()
    archive.store(data)
    assert archive.store(data).outcome == "duplicate"
    assert archive.store(b"\1" + data[1:]).outcome == "duplicate"
    assert len(stored_bytes(archive.blobs)) == 2
    run_jobs(archive)
    assert list(stored_bytes(archive.blobs).values()) == [data]


def test_a_second_file_that_a_backup_is_copying_goes_afterwards(sqlite_archive: Archive) -> None:
    archive = sqlite_archive
    data = ct_slice()
    archive.store(data)
    archive.store(b"\1" + data[1:])
    with nothing_removed(archive.blobs):
        run_jobs(archive)
        assert len(stored_bytes(archive.blobs)) == 2
    with archive.db.reading() as tx:
        (again,) = tx.session.query(Job).filter_by(name=REMOVE)
    remove_replaced(archive.db, archive.blobs, again.subject_id)
    assert list(stored_bytes(archive.blobs).values()) == [data]


def test_who_only_looks_does_not_call_a_file_that_is_about_to_go_a_fault(sqlite_archive: Archive) -> None:
    archive = sqlite_archive
    data = ct_slice()
    archive.store(data)
    archive.store(b"\1" + data[1:])
    assert reconcile(archive.db, archive.blobs, repair=False).nothing
    assert len(stored_bytes(archive.blobs)) == 2
