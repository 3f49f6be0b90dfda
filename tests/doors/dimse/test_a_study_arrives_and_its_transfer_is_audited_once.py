"""While an association lasts its study arrives; at its end one audit record tells how much came."""

import time

from app.archive.actions import complete_quiet_studies
from app.archive.queries import StudyQuery, list_studies
from app.audit.kinds import AuditKind
from app.audit.queries import AuditFilter, AuditInfo, list_records
from app.base.actor import SYSTEM, Actor, ActorKind, Role
from app.identity.queries import devices_of
from tests import dicomgen
from tests.doors.dimse.conftest import Dicom
from tests.sender import outgoing


def transfers(dicom: Dicom) -> list[AuditInfo]:
    auditor = Actor(
        kind=ActorKind.PERSON,
        id="a",
        name="Auditor",
        hospital_id=dicom.hospital_id,
        roles=frozenset({Role.AUDITOR}),
    )
    with dicom.db.reading() as tx:
        page = list_records(tx, auditor, AuditFilter(kind=AuditKind.INSTANCES_TRANSFERRED))
    return list(page.records)


def state(dicom: Dicom) -> str:
    """After the periodic look at quiet studies, which waits for no second here."""
    with dicom.db.transaction() as tx:
        complete_quiet_studies(tx, SYSTEM, after_seconds=0)
    with dicom.db.reading() as tx:
        (study,) = list_studies(tx, SYSTEM, StudyQuery()).studies
    return study.state


def wait_for_the_end(dicom: Dicom) -> None:
    deadline = time.monotonic() + 5
    while not transfers(dicom) and time.monotonic() < deadline:
        time.sleep(0.02)


def test_one_record_for_an_association_and_a_study(dicom: Dicom) -> None:
    items = [outgoing(data) for data in dicomgen.series(5)]
    with dicom.connect(*items) as sender:
        for item in items:
            assert sender.store(item).status == 0
        assert state(dicom) == "arriving"
        assert transfers(dicom) == []
    wait_for_the_end(dicom)
    (told,) = transfers(dicom)
    assert (told.detail["stored"], told.detail["by"], told.actor_name) == (5, "dimse", "CT01")
    assert "NGUYỄN" not in str(told)
    assert state(dicom) == "complete"


def test_a_broken_association_is_told_too(dicom: Dicom) -> None:
    item = outgoing(dicomgen.ct_slice())
    sender = dicom.connect(item)
    assert sender.store(item).status == 0
    sender.socket.close()
    wait_for_the_end(dicom)
    assert len(transfers(dicom)) == 1


def test_an_echo_shows_that_the_device_is_there(dicom: Dicom) -> None:
    with dicom.connect() as sender:
        sender.echo()
    with dicom.db.reading() as tx:
        (device,) = devices_of(tx, SYSTEM, dicom.hospital_id)
    assert device.last_seen_at is not None
    assert transfers(dicom) == []
