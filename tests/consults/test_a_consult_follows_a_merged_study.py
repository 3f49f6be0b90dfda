"""A study merged into another of the same patient: who was asked about it sees the whole; marks and reports go along."""

from app.annotations import actions as annotations
from app.annotations.queries import list_annotations
from app.annotations.schemas import AnnotationInput
from app.archive import actions as archive
from app.archive.queries import manifest, study_info
from app.base.db import Tx
from app.base.errors import NotFound
from app.reporting.actions import create_report
from app.reporting.queries import reports_of_study
from consults.actions import enter_room
from tests import dicomgen
from tests.consults.conftest import Clinic
from tests.factories import in_session


def sees(tx: Tx, clinic: Clinic, study_id: str) -> bool:
    try:
        study_info(tx, clinic.cast.bob, study_id)
    except NotFound:
        return False
    return True


def merged(clinic: Clinic, gone: str, kept: str) -> str:
    with clinic.db.transaction() as tx:
        return archive.merge_studies(
            tx, clinic.cast.tam, study_id=gone, into_id=kept, reason="one examination"
        )


def test_its_people_see_the_whole_and_the_part_alone_again_when_it_is_undone(clinic: Clinic) -> None:
    consult_id, gone = clinic.accepted(), clinic.study_id
    kept = clinic.store(dicomgen.ct_slice(study="other", series="other"))
    bob = in_session(clinic.db, clinic.cast.bob)
    with clinic.db.reading() as tx:
        assert not sees(tx, clinic, kept)
    done = merged(clinic, gone, kept)
    with clinic.db.transaction() as tx:
        assert enter_room(tx, bob, consult_id=consult_id)[gone]
        assert len(manifest(tx, bob, gone)["series"]) == 2
        assert sees(tx, clinic, kept)
    clinic.wish(bob, "annotation.put", consult_id=consult_id, annotation=clinic.mark())
    with clinic.db.transaction() as tx:
        archive.undo_correction(tx, clinic.cast.tam, correction_id=done)
    with clinic.db.reading() as tx:
        assert len(manifest(tx, bob, gone)["series"]) == 1
        assert not sees(tx, clinic, kept)


def test_when_the_consult_ends_so_does_the_right_to_the_whole(sqlite_clinic: Clinic) -> None:
    clinic = sqlite_clinic
    consult_id, gone = clinic.accepted(), clinic.study_id
    kept = clinic.store(dicomgen.ct_slice(study="other", series="other"))
    merged(clinic, gone, kept)
    clinic.wish(clinic.cast.alice, "consult.cancel", consult_id=consult_id, reason="hủy hẹn")
    with clinic.db.reading() as tx:
        assert not sees(tx, clinic, gone)
        assert not sees(tx, clinic, kept)


def test_marks_and_reports_on_the_part_are_on_the_whole(sqlite_clinic: Clinic) -> None:
    clinic, alice = sqlite_clinic, sqlite_clinic.cast.alice
    gone, kept = clinic.study_id, clinic.store(dicomgen.ct_slice(study="other", series="other"))
    wire = clinic.mark()
    with clinic.db.transaction() as tx:
        annotations.put_annotation(tx, alice, annotation=AnnotationInput.from_wire(wire))
        report = create_report(tx, alice, study_ids=[gone], conclusion="Không.")
    merged(clinic, gone, kept)
    with clinic.db.transaction() as tx:
        (mark,) = list_annotations(tx, alice, kept)
        assert mark["study_id"] == kept
        assert [one.id for one in reports_of_study(tx, alice, kept)] == [report.id]
        changed = AnnotationInput.from_wire(wire | {"study_id": kept, "revision": 1, "text": "đây"})
        told, _ = annotations.put_annotation(tx, alice, annotation=changed)
        assert (told["id"], told["study_id"], told["text"]) == (mark["id"], kept, "đây")
