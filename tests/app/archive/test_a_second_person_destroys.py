"""Nobody destroys a study alone, and nothing is destroyed that must be kept; the record stays."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select, update

from app.annotations.models import Annotation
from app.archive import actions
from app.archive.models import Correction, Deletion, Instance, Patient, Series, Study, StudyGrant
from app.archive.queries import corrections_of_study, deletions, study_info, study_to_correct_info
from app.archive.retention import set_legal_hold
from app.audit.kinds import AuditKind
from app.audit.models import AuditRecord
from app.base.actor import Actor
from app.base.db import Base, Database, Tx
from app.base.errors import Conflict, Forbidden, NotFound
from app.edge.services import Services
from app.main.destroyed import finish_destroying
from tests.app.archive.conftest import Archive
from tests.app.storing import no_record, store
from tests.cast import Cast
from tests.dicomgen import ct_slice


def count(db: Database, table: type[Base]) -> int:
    with db.reading() as tx:
        return tx.session.scalar(select(func.count()).select_from(table)) or 0


def ask(archive: Archive, actor: Actor, study_id: str) -> str:
    with archive.db.transaction() as tx:
        no_record(tx, study_id)
        return actions.request_deletion(tx, actor, study_id=study_id, reason="a test image")


def stored(archive: Archive) -> str:
    found = archive.store(ct_slice()).study_id
    assert found is not None
    return found


def test_a_second_person_confirms_and_rows_are_gone_while_the_record_stays(archive: Archive) -> None:
    study_id = stored(archive)
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


def test_who_asked_cannot_confirm_and_the_technician_can_never(sqlite_archive: Archive) -> None:
    archive = sqlite_archive
    study_id = stored(archive)
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


def test_it_can_be_refused(sqlite_archive: Archive) -> None:
    archive = sqlite_archive
    study_id = stored(archive)
    deletion = ask(archive, archive.cast.tam, study_id)
    with archive.db.transaction() as tx:
        actions.refuse_deletion(tx, archive.cast.dung, deletion_id=deletion)
    with archive.db.transaction() as tx, pytest.raises(Conflict):
        actions.confirm_deletion(tx, archive.cast.dung, deletion_id=deletion)


@pytest.mark.parametrize(
    "kept", [{"legal_hold": "a lawsuit"}, {"retain_until": "29991231"}, {"retention_class": ""}]
)
def test_what_must_be_kept_is_kept_even_after_it_was_asked(
    sqlite_archive: Archive, kept: dict[str, str]
) -> None:
    archive = sqlite_archive
    study_id = stored(archive)
    deletion = ask(archive, archive.cast.tam, study_id)
    with archive.db.transaction() as tx:
        tx.session.execute(update(Study).values(**kept))
    with archive.db.transaction() as tx, pytest.raises(Conflict):
        actions.confirm_deletion(tx, archive.cast.dung, deletion_id=deletion)
    assert count(archive.db, Instance) == 1


def merged(tx: Tx, archive: Archive, kept: str, gone: str) -> str:
    actions.merge_studies(tx, archive.cast.tam, study_id=gone, into_id=kept, reason="x")
    return kept


def split(tx: Tx, archive: Archive, kept: str, gone: str) -> str:
    actions.merge_studies(tx, archive.cast.tam, study_id=kept, into_id=gone, reason="x")
    series = study_to_correct_info(tx, archive.cast.tam, gone).series[0].id
    return actions.split_study(tx, archive.cast.tam, study_id=gone, series_ids=[series], reason="x")


@pytest.mark.parametrize("way", [merged, split])
@pytest.mark.parametrize(
    "kept", [{"retention_class": "death", "retain_until": "29991231"}, {"retention_class": ""}]
)
def test_what_must_be_kept_is_so_in_another_study_too(
    sqlite_archive: Archive, way: Callable[..., str], kept: dict[str, str]
) -> None:
    archive = sqlite_archive
    free, bound = (archive.store(ct_slice(study=name, series=name)).study_id or "" for name in ("one", "two"))
    with archive.db.transaction() as tx:
        no_record(tx, free)
        tx.session.execute(update(Study).where(Study.id == bound).values(**kept))
    with archive.db.transaction() as tx:
        changed = way(tx, archive, free, bound)
        with pytest.raises(Conflict):
            actions.request_deletion(tx, archive.cast.tam, study_id=changed, reason="x")


def test_a_hold_stays_on_every_part_of_a_study(sqlite_archive: Archive) -> None:
    archive = sqlite_archive
    one, two = (archive.store(ct_slice(study=name, series=name)).study_id or "" for name in ("one", "two"))
    with archive.db.transaction() as tx:
        actions.merge_studies(tx, archive.cast.tam, study_id=two, into_id=one, reason="x")
        set_legal_hold(tx, archive.cast.dung, study_id=one, reason="a lawsuit")
        series = study_to_correct_info(tx, archive.cast.tam, one).series[0].id
        fresh = actions.split_study(tx, archive.cast.tam, study_id=one, series_ids=[series], reason="x")
        for row in corrections_of_study(tx, archive.cast.tam, one):
            actions.undo_correction(tx, archive.cast.tam, correction_id=row.id)
        holds = [tx.session.get_one(Study, study_id).legal_hold for study_id in (one, two, fresh)]
    assert holds == ["a lawsuit"] * 3


def test_files_nobody_else_refers_to_are_removed_after_the_commit(services: Services, cast: Cast) -> None:
    db, blobs = services.db, services.blobs
    shared, own = ct_slice(), ct_slice(2)
    study_id = store(db, blobs, cast.ct_a, shared)
    store(db, blobs, cast.ct_a, own)
    store(db, blobs, cast.ct_b, shared)  # the same bytes at another hospital
    with db.transaction() as tx:
        no_record(tx, study_id)
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
