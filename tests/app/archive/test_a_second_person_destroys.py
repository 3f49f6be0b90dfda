"""Nobody destroys a study alone, and nothing is destroyed that must be kept; the record stays."""

import pytest
from sqlalchemy import func, select, update

from app.annotations.models import Annotation
from app.archive import actions
from app.archive.models import Correction, Deletion, Instance, Patient, Series, Study, StudyGrant
from app.archive.queries import deletions, study_info
from app.audit.kinds import AuditKind
from app.audit.models import AuditRecord
from app.base.actor import Actor
from app.base.db import Base, Database
from app.base.errors import Conflict, Forbidden, NotFound
from app.edge.services import Services
from app.main.destroyed import finish_destroying
from tests.app.archive.conftest import Archive
from tests.app.storing import store
from tests.cast import Cast
from tests.dicomgen import ct_slice


def count(db: Database, table: type[Base]) -> int:
    with db.reading() as tx:
        return tx.session.scalar(select(func.count()).select_from(table)) or 0


def ask(archive: Archive, actor: Actor, study_id: str) -> str:
    with archive.db.transaction() as tx:
        return actions.request_deletion(tx, actor, study_id=study_id, reason="a test image")


@pytest.fixture
def study_id(archive: Archive) -> str:
    found = archive.store(ct_slice()).study_id
    assert found is not None
    return found


def test_a_second_person_confirms_and_rows_are_gone_while_the_record_stays(
    archive: Archive, study_id: str
) -> None:
    with archive.db.transaction() as tx:
        actions.edit_study(tx, archive.cast.tam, study_id=study_id, wanted={"description": "X"}, reason="x")
    deletion = ask(archive, archive.cast.tam, study_id)
    with archive.db.transaction() as tx:
        actions.confirm_deletion(tx, archive.cast.dung, deletion_id=deletion)
    assert [count(archive.db, table) for table in (Instance, Series, StudyGrant)] == [0, 0, 0]
    with archive.db.reading() as tx:
        with pytest.raises(NotFound):
            study_info(tx, archive.cast.alice, study_id)
        (row,) = deletions(tx, archive.cast.dung, waiting=False)
        assert (row.state, row.summary["images"], len(row.summary["digests"])) == ("done", 1, 1)
        study = tx.session.get_one(Study, study_id)
        assert (study.accession_number, study.description, study.patient.name) == ("", "", "")
        assert not tx.session.scalars(select(Patient.name).where(Patient.name != "")).all()
        assert tx.session.scalars(select(Correction.before)).all() == ["{}"]
        kinds = tx.session.scalars(select(AuditRecord.kind).where(AuditRecord.subject_id == study_id)).all()
        assert AuditKind.STUDY_DELETED.value in kinds
    # Its UID is free again: the same study may be sent anew.
    assert archive.store(ct_slice()).outcome == "stored"


def test_who_asked_cannot_confirm_and_the_technician_can_never(archive: Archive, study_id: str) -> None:
    deletion = ask(archive, archive.cast.dung, study_id)
    for actor in (archive.cast.dung, archive.cast.tam, archive.cast.alice):
        with archive.db.transaction() as tx, pytest.raises(Forbidden):
            actions.confirm_deletion(tx, actor, deletion_id=deletion)
    with archive.db.transaction() as tx, pytest.raises(NotFound):
        actions.confirm_deletion(tx, archive.cast.giang, deletion_id=deletion)
    with archive.db.transaction() as tx, pytest.raises(Conflict):
        actions.request_deletion(tx, archive.cast.tam, study_id=study_id, reason="again")
    with archive.db.transaction() as tx:
        actions.withdraw_deletion(tx, archive.cast.dung, deletion_id=deletion)
    assert count(archive.db, Instance) == 1


def test_it_can_be_refused(archive: Archive, study_id: str) -> None:
    deletion = ask(archive, archive.cast.tam, study_id)
    with archive.db.transaction() as tx:
        actions.refuse_deletion(tx, archive.cast.dung, deletion_id=deletion)
    with archive.db.transaction() as tx, pytest.raises(Conflict):
        actions.confirm_deletion(tx, archive.cast.dung, deletion_id=deletion)


@pytest.mark.parametrize("kept", [{"legal_hold": "a lawsuit"}, {"retain_until": "29991231"}])
def test_what_must_be_kept_is_kept_even_after_it_was_asked(
    sqlite_archive: Archive, kept: dict[str, str]
) -> None:
    archive = sqlite_archive
    study_id = archive.store(ct_slice()).study_id
    assert study_id is not None
    deletion = ask(archive, archive.cast.tam, study_id)
    with archive.db.transaction() as tx:
        tx.session.execute(update(Study).values(**kept))
    with archive.db.transaction() as tx, pytest.raises(Conflict):
        actions.confirm_deletion(tx, archive.cast.dung, deletion_id=deletion)
    assert count(archive.db, Instance) == 1


def test_files_nobody_else_refers_to_are_removed_after_the_commit(services: Services, cast: Cast) -> None:
    db, blobs = services.db, services.blobs
    shared, own = ct_slice(), ct_slice(2)
    study_id = store(db, blobs, cast.ct_a, shared)
    store(db, blobs, cast.ct_a, own)
    store(db, blobs, cast.ct_b, shared)  # the same bytes at another hospital
    with db.transaction() as tx:
        deletion = actions.request_deletion(tx, cast.tam, study_id=study_id, reason="x")
    with db.transaction() as tx:
        actions.confirm_deletion(tx, cast.dung, deletion_id=deletion)
    for _ in range(2):  # a job may run twice
        finish_destroying(services, deletion)
    with db.reading() as tx:
        left = set(tx.session.scalars(select(Instance.digest)))
        digests = deletions(tx, cast.dung, waiting=False)[0].summary["digests"]
    assert {digest for digest in digests if blobs.path(digest).exists()} == left
    assert len(digests) == 2
    assert len(left) == 1
    assert count(db, Annotation) == 0
    assert count(db, Deletion) == 1
