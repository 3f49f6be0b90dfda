"""What a device sends, what it is refused for and who calls without being known: kept for the pages about devices."""

import time
from collections.abc import Callable

import pytest

from app.archive.actions import confirm_charset, set_remarks
from app.archive.connectivity import DeviceState, device_states
from app.archive.queries import StudyQuery, list_studies
from app.base.actor import SYSTEM, Actor, ActorKind, Role
from app.identity.actions import register_device
from app.identity.queries import unknown_callers
from tests import dicomgen
from tests.doors.dimse.conftest import Dicom
from tests.sender import AssociationRejected, outgoing
from tests.vietnamese_names import encoded

PRIVATE_CLASS = "1.3.12.2.1107.5.9.1"


def states(dicom: Dicom) -> dict[str, DeviceState]:
    with dicom.db.reading() as tx:
        return {state.device.ae_title: state for state in device_states(tx, SYSTEM, dicom.hospital_id)}


def technician(dicom: Dicom) -> Actor:
    roles = frozenset({Role.TECHNICIAN})
    return Actor(ActorKind.PERSON, "t", "Technician", dicom.hospital_id, roles)


def soon(true: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 5
    while not true() and time.monotonic() < deadline:
        time.sleep(0.02)
    return true()


def tcvn3_file(study: str = "study-1") -> bytes:
    latin = encoded("Nguyễn^Thị^Hường", "TCVN3").decode("latin-1")
    return dicomgen.ct_slice(
        study=study,
        patient_name=latin,
        SpecificCharacterSet="ISO_IR 100",
        StudyDescription="CT",
        ReferringPhysicianName="",
    )


def test_images_are_counted_at_the_end_of_the_association(dicom: Dicom) -> None:
    items = [outgoing(data) for data in dicomgen.series(5)]
    with dicom.connect(*items) as sender:
        for item in items:
            assert sender.store(item).status == 0
    assert soon(lambda: states(dicom)["CT01"].images_last_hour == 5)
    assert states(dicom)["CT01"].profile.last_image_at is not None


def test_a_known_device_at_another_address_is_told_on_its_page(dicom: Dicom) -> None:
    with dicom.db.transaction() as tx:
        register_device(
            tx, SYSTEM, hospital_id=dicom.hospital_id, ae_title="MR01", name="MR", address="10.1.2.3"
        )
    with pytest.raises(AssociationRejected):
        dicom.connect(calling="MR01")
    (told,) = states(dicom)["MR01"].refusals
    assert (told.code, told.detail, told.count) == ("wrong_address", "127.0.0.1", 1)


def test_an_unknown_caller_is_offered_for_registering(dicom: Dicom) -> None:
    with pytest.raises(AssociationRejected):
        dicom.connect(calling="CT02")
    with dicom.db.reading() as tx:
        (caller,) = unknown_callers(tx, SYSTEM, dicom.hospital_id)
    assert (caller.ae_title, caller.address, caller.hospital_id) == ("CT02", "127.0.0.1", dicom.hospital_id)


def test_a_data_set_that_is_not_taken_is_told_on_the_device_s_page(dicom: Dicom) -> None:
    first = outgoing(dicomgen.ct_slice())
    other = outgoing(dicomgen.ct_slice(PatientComments="another"))
    with dicom.connect(first) as sender:
        assert sender.store(first).status == 0
        assert sender.store(other).status != 0
    (told,) = states(dicom)["CT01"].refusals
    assert told.code == "uid_collision"


def test_every_refused_image_counts_when_they_come_quickly(dicom: Dicom) -> None:
    items = [outgoing(data) for data in dicomgen.series(6)]
    others = [outgoing(data) for data in dicomgen.series(6, PatientComments="another")]
    with dicom.connect(items[0]) as sender:
        assert {sender.store(item).status for item in items} == {0}
        assert 0 not in {sender.store(item).status for item in others}
    assert soon(lambda: states(dicom)["CT01"].refused_last_day == 6)
    (told,) = states(dicom)["CT01"].refusals
    assert (told.code, told.count) == ("uid_collision", 6)


def test_a_confirmed_character_set_holds_from_the_next_association_on(dicom: Dicom) -> None:
    with dicom.db.transaction() as tx:
        device_id = states(dicom)["CT01"].device.id
        confirm_charset(tx, technician(dicom), device_id=device_id, charset="TCVN3")
    item = outgoing(tcvn3_file())
    with dicom.connect(item) as sender:
        assert sender.store(item).status == 0
    with dicom.db.reading() as tx:
        (study,) = list_studies(tx, SYSTEM, StudyQuery(text="huong")).studies
    assert (study.patient_name, study.guessed_charset) == ("Nguyễn Thị Hường", "")
    assert study.device_id == device_id


def test_private_objects_are_taken_from_a_device_for_which_somebody_allowed_it(dicom: Dicom) -> None:
    item = outgoing(dicomgen.ct_slice(SOPClassUID=PRIVATE_CLASS))
    assert item.sop_class_uid == PRIVATE_CLASS
    with dicom.connect(item) as sender:
        assert 0 not in list(sender.accepted.values())[1:]  # all but the echo are turned down
    with dicom.db.transaction() as tx:
        set_remarks(
            tx,
            technician(dicom),
            device_id=states(dicom)["CT01"].device.id,
            private_classes=True,
            clock_minutes=0,
            laterality_unreliable=False,
            modality_means={},
        )
    with dicom.connect(item) as sender:
        assert sender.store(item).status == 0
