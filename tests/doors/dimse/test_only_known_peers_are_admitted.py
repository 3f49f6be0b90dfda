"""The called AE title names the hospital, the calling one with its address the device; all others are rejected."""

import shutil
import subprocess

import pytest

from app.audit.kinds import AuditKind
from app.audit.queries import AuditFilter, list_records
from app.base.actor import SYSTEM, Actor, ActorKind, Role
from app.identity.actions import register_device
from tests.doors.dimse.conftest import CALLED, Dicom
from tests.sender import AssociationRejected


def rejection(dicom: Dicom, *, called: str = CALLED, calling: str = "CT01") -> tuple[int, int, int]:
    with pytest.raises(AssociationRejected) as caught:
        dicom.connect(called=called, calling=calling)
    return caught.value.numbers


def test_a_known_device_gets_its_echo(dicom: Dicom) -> None:
    with dicom.connect() as sender:
        assert sender.echo().status == 0


def test_an_unknown_called_title_is_rejected_with_reason_7(dicom: Dicom) -> None:
    assert rejection(dicom, called="NOBODY") == (1, 1, 7)


def test_an_unknown_calling_title_is_rejected_with_reason_3(dicom: Dicom) -> None:
    assert rejection(dicom, calling="STRANGER") == (1, 1, 3)


def test_a_device_at_another_address_is_unknown(dicom: Dicom) -> None:
    with dicom.db.transaction() as tx:
        register_device(
            tx, SYSTEM, hospital_id=dicom.hospital_id, ae_title="MR01", name="MR", address="10.1.2.3"
        )
    assert rejection(dicom, calling="MR01") == (1, 1, 3)


def test_a_scanner_that_tries_often_leaves_one_security_alert(dicom: Dicom) -> None:
    for _ in range(5):
        rejection(dicom, calling="STRANGER")
    auditor = Actor(
        kind=ActorKind.PERSON,
        id="a",
        name="Auditor",
        hospital_id=dicom.hospital_id,
        roles=frozenset({Role.AUDITOR}),
    )
    with dicom.db.reading() as tx:
        alerts = list_records(tx, auditor, AuditFilter(kind=AuditKind.SECURITY_ALERT))
    told = [record.detail for record in alerts.records if record.subject_type == "association"]
    assert [detail["calling_ae_title"] for detail in told] == ["STRANGER"]


@pytest.mark.skipif(shutil.which("echoscu") is None, reason="DCMTK is not installed")
def test_dcmtk_is_told_the_same(dicom: Dicom) -> None:
    command = ["echoscu", "-aet", "CT01", "-aec", CALLED, "127.0.0.1", str(dicom.port)]
    assert subprocess.run(command, check=False).returncode == 0
    command[4] = "NOBODY"
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "Called AE Title Not Recognized" in told.stderr
