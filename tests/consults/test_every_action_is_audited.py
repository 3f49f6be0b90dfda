"""Every wish leaves a record of its kind, without a name of the patient, and tells rooms and lists."""

from sqlalchemy import select

from app.audit.models import AuditRecord
from app.base.events import LiveEventRow
from consults.actions import enter_room
from consults.wishes import WISHES
from tests.consults.conftest import Clinic
from tests.consults.test_old_state_plus_events import _life
from tests.factories import in_session


def test_every_event_has_its_audit_record_and_its_news(sqlite_clinic: Clinic) -> None:
    clinic = sqlite_clinic
    consult_id = clinic.asked()
    for happen in _life(clinic, consult_id):
        happen()

    with clinic.db.reading() as tx:
        about = select(AuditRecord).where(AuditRecord.subject_id == consult_id).order_by(AuditRecord.id)
        records = tx.session.scalars(about).all()
        news = tx.session.scalars(
            select(LiveEventRow).where(LiveEventRow.topic == f"consult:{consult_id}")
        ).all()
    numbers = [event["number"] for event in clinic.events(clinic.cast.alice, consult_id)]
    recorded = [record for record in records if record.action != "R"]
    assert len(recorded) == len(news) == len(numbers)
    assert {record.kind for record in recorded} == {"110109", "110111", "110113"}
    assert all(record.hospital_id == clinic.cast.a.id for record in records)
    assert not [record for record in records if "NGUYỄN" in record.detail or "Ngã" in record.detail]


def test_lists_of_the_asked_and_the_asking_hear_and_nobody_else(sqlite_clinic: Clinic) -> None:
    clinic = sqlite_clinic
    cast = clinic.cast
    draft = clinic.wish(cast.alice, "consult.create", **clinic.content())["id"]
    clinic.wish(cast.alice, "consult.request", consult_id=draft)
    clinic.asked(hospital_id=None, person_id=cast.bob.id)

    with clinic.db.reading() as tx:
        told = tx.session.scalars(
            select(LiveEventRow.topic).where(LiveEventRow.type == "consult.changed")
        ).all()
    assert told == [
        f"person:{cast.alice.id}",
        f"hospital:{cast.a.id}",
        f"hospital:{cast.b.id}",
        f"person:{cast.alice.id}",
        f"hospital:{cast.a.id}",
        f"person:{cast.bob.id}",
    ]


def test_entering_the_room_is_a_reading_and_an_opening_of_each_study(sqlite_clinic: Clinic) -> None:
    clinic = sqlite_clinic
    consult_id = clinic.accepted()
    bob = in_session(clinic.db, clinic.cast.bob)
    with clinic.db.transaction() as tx:
        enter_room(tx, bob, consult_id=consult_id)
        enter_room(tx, bob, consult_id=consult_id, is_open=[clinic.study_id])

    with clinic.db.reading() as tx:
        reads = tx.session.scalars(select(AuditRecord.kind).where(AuditRecord.action == "R")).all()
    assert sorted(reads) == ["110103", "110109"]


def test_wishes_stand_in_order_of_the_alphabet() -> None:
    assert list(WISHES) == sorted(WISHES)
