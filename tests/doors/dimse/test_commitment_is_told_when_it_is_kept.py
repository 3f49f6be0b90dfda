"""Storage Commitment: what is here is committed, what is not is named with its reason; told once, durably."""

import threading
import time
from typing import Any

import pytest
from pydicom import Dataset
from pynetdicom import AE, evt
from sqlalchemy import select

from app.archive.models import Study
from app.base.db import Database
from app.dimse.commitment import WELL_KNOWN_INSTANCE
from app.dimse.contexts import STORAGE_COMMITMENT
from app.dimse.network import DicomNetwork
from app.routing.models import Delivery
from tests import dicomgen
from tests.doors.dimse.asking import listening
from tests.doors.dimse.conftest import CALLED, CALLING, Dicom, remote_at
from tests.doors.dimse.dcmtk import store


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    return sqlite_db


def asked(transaction: str, *pairs: tuple[str, str]) -> Dataset:
    request = Dataset()
    request.TransactionUID = transaction
    request.ReferencedSOPSequence = []
    for sop_class, uid in pairs:
        item = Dataset()
        item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = sop_class, uid
        request.ReferencedSOPSequence.append(item)
    return request


class Modality:
    """pynetdicom as a modality that waits for the report on its association."""

    def __init__(self, *, waits: bool = True) -> None:
        self.waits = waits
        self.reports: list[tuple[int, Dataset]] = []
        self.came = threading.Event()

    def _report(self, event: Any) -> int:
        self.reports.append((event.event_type, event.event_information))
        self.came.set()
        return 0x0000

    def ask(self, dicom: Dicom, request: Dataset) -> int:
        ae = AE(ae_title=CALLING)
        ae.add_requested_context(STORAGE_COMMITMENT)
        handlers: list[Any] = [(evt.EVT_N_EVENT_REPORT, lambda event: (self._report(event), None))]
        association = ae.associate("127.0.0.1", dicom.port, ae_title=CALLED, evt_handlers=handlers)
        assert association.is_established
        status, _reply = association.send_n_action(request, 1, STORAGE_COMMITMENT, WELL_KNOWN_INSTANCE)
        if self.waits:
            self.came.wait(5)
            time.sleep(0.1)  # its answer goes out
        association.release()
        return int(status.Status)


def test_what_is_kept_is_committed_and_the_rest_named_with_its_reason(dicom: Dicom) -> None:
    first, second, gone = store(dicom, *dicomgen.series(3))
    path = next(path for path in dicom.stored_files() if gone.sop_instance_uid.encode() in path.read_bytes())
    path.unlink()
    modality = Modality()
    request = asked(
        "1.2.3.4",
        (dicomgen.CT, first.sop_instance_uid),
        (dicomgen.SECONDARY_CAPTURE, second.sop_instance_uid),
        (dicomgen.CT, gone.sop_instance_uid),
        (dicomgen.CT, "1.2.3.4.5"),
    )
    assert modality.ask(dicom, request) == 0
    ((event_type, report),) = modality.reports
    assert event_type == 2
    assert [item.ReferencedSOPInstanceUID for item in report.ReferencedSOPSequence] == [
        first.sop_instance_uid
    ]
    assert {item.ReferencedSOPInstanceUID: item.FailureReason for item in report.FailedSOPSequence} == {
        second.sop_instance_uid: 0x0119,
        gone.sop_instance_uid: 0x0110,
        "1.2.3.4.5": 0x0112,
    }


def deliveries(db: Database) -> list[Any]:
    with db.reading() as tx:
        return [(row.kind, row.state) for row in tx.session.execute(select(Delivery.kind, Delivery.state))]


def test_a_report_that_was_acknowledged_is_not_told_again(dicom: Dicom) -> None:
    (item,) = store(dicom, dicomgen.ct_slice())
    modality = Modality()
    assert modality.ask(dicom, asked("1.2.3.4", (dicomgen.CT, item.sop_instance_uid))) == 0
    assert modality.reports[0][0] == 1
    assert deliveries(dicom.db) == [("commitment", "delivered")]
    with dicom.db.reading() as tx:
        assert tx.session.scalar(select(Delivery.study_id)) == tx.session.scalar(select(Study.id))


def test_asked_again_under_the_same_transaction_it_is_answered_again(dicom: Dicom) -> None:
    (item,) = store(dicom, dicomgen.ct_slice())
    request = asked("1.2.3.4", (dicomgen.CT, item.sop_instance_uid), (dicomgen.CT, "1.2.3.4.5"))
    first, second = Modality(), Modality()
    first.ask(dicom, request)
    store(dicom, dicomgen.ct_slice(2, SOPInstanceUID="1.2.3.4.5"))
    second.ask(dicom, request)
    assert [modality.reports[0][0] for modality in (first, second)] == [2, 1], "what is here by then"
    assert deliveries(dicom.db) == [("commitment", "delivered")]


def test_who_does_not_wait_is_called_later(dicom: Dicom) -> None:
    (item,) = store(dicom, dicomgen.ct_slice())
    modality = Modality(waits=False)
    assert modality.ask(dicom, asked("1.2.3.4", (dicomgen.CT, item.sop_instance_uid))) == 0
    assert not modality.reports
    assert deliveries(dicom.db) == [("commitment", "waiting")]


def test_a_report_goes_out_on_an_association_of_ours(dicom: Dicom, network: DicomNetwork) -> None:
    got: list[tuple[int, Dataset]] = []

    def take(event: Any) -> tuple[int, None]:
        got.append((event.event_type, event.event_information))
        return 0x0000, None

    with listening(
        CALLING, STORAGE_COMMITMENT, evt.EVT_N_EVENT_REPORT, take, scu_role=False, scp_role=True
    ) as port:
        remote = remote_at(port, ae_title=CALLING)
        network.report_commitment(
            remote, "1.2.3", [(dicomgen.CT, "1.2.3.1")], [(dicomgen.CT, "1.2.3.2", 0x0112)]
        )
    ((event_type, report),) = got
    assert (event_type, report.TransactionUID) == (2, "1.2.3")
    assert report.FailedSOPSequence[0].FailureReason == 0x0112
