"""Terms count from the study's year; holds and quotas stand; nothing goes without a person."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from app.archive import retention
from app.archive.deletions import confirm_deletion, endorse_deletion
from app.archive.models import Deletion, Study
from app.archive.retention import FOR_EVER, RetentionClass, retain_until
from app.archive.storage_use import Quotas, destruction_record, find_studies, sample_storage, storage_use
from app.base.actor import SYSTEM
from app.base.blobs import Blobs
from app.base.clock import shifted
from app.base.db import Database
from app.base.errors import Conflict, Forbidden, Invalid, Unavailable
from app.identity.models import Hospital
from tests import dicomgen
from tests.app.storing import store
from tests.cast import Cast, make_cast

CAME = datetime(2026, 5, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "date", "until"),
    [
        (RetentionClass.ORDINARY, "20260102", "20361231"),
        (RetentionClass.ACCIDENT, "20260102", "20461231"),
        (RetentionClass.DEATH, "20260102", "20561231"),
        (RetentionClass.PERMANENT, "20260102", FOR_EVER),
        (RetentionClass.NOT_A_RECORD, "20260102", ""),
        (RetentionClass.ORDINARY, "", "20361231"),
    ],
)
def test_terms_count_from_the_end_of_the_studys_year(kind: RetentionClass, date: str, until: str) -> None:
    assert retain_until(kind, date, CAME) == until


@pytest.fixture
def study_id(db: Database, blobs: Blobs, cast: Cast) -> str:
    found = store(db, blobs, cast.ct_a, dicomgen.ct_slice())
    with db.transaction() as tx:
        tx.session.execute(
            update(Study).values(study_date="20150506", first_received_at=tx.now - timedelta(days=400))
        )
        assert retention.classify_new_studies(tx, SYSTEM) == 1
        assert retention.classify_new_studies(tx, SYSTEM) == 0
    return found


def test_what_is_past_its_term_is_proposed_once_and_destroyed_by_two_people(
    db: Database, cast: Cast, study_id: str
) -> None:
    with db.transaction() as tx:
        assert tx.session.get_one(Study, study_id).retain_until == "20251231"
        assert retention.propose_destruction(tx, SYSTEM) == 1
        assert retention.propose_destruction(tx, SYSTEM) == 0
    with db.transaction() as tx:
        row = tx.session.scalars(select(Deletion)).one()
        assert (row.ground, row.requested_by) == ("retention", "system")
        with pytest.raises(Conflict):
            confirm_deletion(tx, cast.dung, deletion_id=row.id)
        endorse_deletion(tx, cast.tam, deletion_id=row.id)
        with pytest.raises(Conflict):
            endorse_deletion(tx, cast.dung, deletion_id=row.id)
        with pytest.raises(Forbidden):
            confirm_deletion(tx, cast.tam, deletion_id=row.id)
        confirm_deletion(tx, cast.dung, deletion_id=row.id)
    with db.reading() as tx:
        done = destruction_record(tx, cast.dung)
        assert [(one.ground, one.images, one.decided_by, len(one.digest)) for one in done] == [
            ("retention", 1, cast.dung.id, 64)
        ]
        assert destruction_record(tx, cast.giang) == []


def test_an_old_study_that_was_just_brought_here_is_not_proposed(sqlite_db: Database, blobs: Blobs) -> None:
    cast = make_cast(sqlite_db)
    study_id = store(sqlite_db, blobs, cast.ct_a, dicomgen.ct_slice(StudyDate="20040506"))
    with sqlite_db.transaction() as tx:
        retention.classify_new_studies(tx, SYSTEM)
        assert tx.session.get_one(Study, study_id).retain_until == "20141231"
        assert retention.propose_destruction(tx, SYSTEM) == 0


def test_a_legal_hold_stops_it_until_it_is_lifted(db: Database, cast: Cast, study_id: str) -> None:
    with db.transaction() as tx:
        with pytest.raises(Invalid):
            retention.set_legal_hold(tx, cast.dung, study_id=study_id, reason=" ")
        retention.set_legal_hold(tx, cast.dung, study_id=study_id, reason="Court of Huế, 12/2026")
        assert retention.propose_destruction(tx, SYSTEM) == 0
        with pytest.raises(Conflict):
            retention.set_retention(
                tx, cast.dung, study_id=study_id, retention_class="not-a-record", reason="x"
            )
        retention.lift_legal_hold(tx, cast.dung, study_id=study_id, reason="Closed")
        assert retention.propose_destruction(tx, SYSTEM) == 1


def test_another_class_keeps_it_longer_and_only_its_own_hospital_says_so(
    db: Database, cast: Cast, study_id: str
) -> None:
    with db.transaction() as tx:
        retention.set_retention(tx, cast.dung, study_id=study_id, retention_class="death", reason="Died 2016")
        assert tx.session.get_one(Study, study_id).retain_until == "20451231"
        assert retention.propose_destruction(tx, SYSTEM) == 0
    for stranger in (cast.alice, cast.giang):
        with pytest.raises(Exception) as refused, db.transaction() as tx:
            retention.set_retention(tx, stranger, study_id=study_id, retention_class="death", reason="x")
        assert refused.value.__class__.__name__ in {"Forbidden", "NotFound"}


def test_a_hospitals_usual_class_is_that_of_its_new_studies(db: Database, blobs: Blobs, cast: Cast) -> None:
    with db.transaction() as tx:
        retention.set_hospital_storage(tx, cast.dung, hospital_id=cast.a.id, retention_class="psychiatric")
        with pytest.raises(Forbidden):
            retention.set_hospital_storage(
                tx, cast.dung, hospital_id=cast.a.id, retention_class="ordinary", quota_gb=5
            )
    store(db, blobs, cast.ct_a, dicomgen.ct_slice())
    with db.transaction() as tx:
        retention.classify_new_studies(tx, SYSTEM)
        assert tx.session.scalars(select(Study.retention_class)).one() == "psychiatric"


def test_a_full_quota_refuses_and_says_why(db: Database, cast: Cast, study_id: str) -> None:
    Quotas(db).check(cast.a.id)
    with db.transaction() as tx:
        tx.session.execute(update(Hospital).where(Hospital.id == cast.a.id).values(quota_bytes=1))
    quotas = Quotas(db)
    with pytest.raises(Unavailable) as refused:
        quotas.check(cast.a.id)
    assert refused.value.code == "quota_full"
    quotas.check(cast.b.id)


def test_growth_and_days_left_are_reckoned_from_the_samples(db: Database, cast: Cast, study_id: str) -> None:
    with db.transaction() as tx:
        sample_storage(tx, SYSTEM)
        assert sample_storage(tx, SYSTEM) == 0
        tx.session.execute(update(Study).values(size=11_000))
        tx.session.execute(update(Hospital).where(Hospital.id == cast.a.id).values(quota_bytes=100_000))
    with db.transaction() as tx:
        before = len(dicomgen.ct_slice())
    with shifted(timedelta(days=1)), db.reading() as tx:
        use = storage_use(tx, cast.dung)
        assert [hospital.hospital_id for hospital in use.hospitals] == [cast.a.id]
        mine = use.hospitals[0]
        assert mine.bytes_a_day == 11_000 - before
        assert mine.days_left == (100_000 - 11_000) // mine.bytes_a_day
        assert [study.id for study in use.biggest] == [study_id]
        assert len(storage_use(tx, cast.root).hospitals) == 3
        assert find_studies(tx, cast.giang, study_id) == []
        assert json.dumps([study.id for study in find_studies(tx, cast.dung, study_id)])
