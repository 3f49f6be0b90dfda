"""C-GET and C-MOVE as DCMTK asks for them: the same bytes come back, to the asker or to a third."""

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom import Dataset, dcmread
from pynetdicom import AE, build_role, evt
from sqlalchemy import select

from app.audit.kinds import AuditKind
from app.audit.models import AuditRecord
from app.base.actor import SYSTEM, Right
from app.base.db import Database
from app.base.settings import Settings
from app.dimse.contexts import STUDY_ROOT_GET, STUDY_ROOT_MOVE
from app.dimse.datasets import write_data_set
from app.dimse.network import DicomNetwork
from app.identity.actions import register_device, set_device_reach
from tests import dicomgen
from tests.decoding import running_decoder
from tests.doors.dimse.asking import associated, identifier, listening
from tests.doors.dimse.conftest import CALLED, CALLING, Dicom, free_port, remote_at
from tests.doors.dimse.dcmtk import program, received, run, store

STUDY = ("-S", "-k", "QueryRetrieveLevel=STUDY", "-k", f"StudyInstanceUID={dicomgen.uid('study-1')}")
GET, MOVE = STUDY_ROOT_GET, STUDY_ROOT_MOVE
MR = "1.2.840.10008.5.1.4.1.1.4"


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    """What is asked of the database is tested on both engines elsewhere."""
    return sqlite_db


def get(dicom: Dicom, folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    folder.mkdir(exist_ok=True)
    return run("getscu", dicom, "-v", "+B", "-od", str(folder), *arguments)


def register(dicom: Dicom, ae_title: str, port: int | None, *rights: Right) -> None:
    """A device of the hospital, with an address where we call it when `port` is given."""
    with dicom.db.transaction() as tx:
        device = register_device(
            tx,
            SYSTEM,
            hospital_id=dicom.hospital_id,
            ae_title=ae_title,
            name="Trạm",
            rights=frozenset(rights),
        )
        if port is not None:
            set_device_reach(tx, SYSTEM, device_id=device.id, host="127.0.0.1", port=port, tls=False)


@contextmanager
def storescp(port: int, folder: Path, *arguments: str) -> Iterator[None]:
    """DCMTK's receiver, running."""
    folder.mkdir(exist_ok=True)
    command = [program("storescp"), "+B", "-od", str(folder), *arguments, str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(0.3)
    try:
        yield
    finally:
        process.terminate()
        process.wait(5)


def test_a_study_comes_back_byte_for_byte(dicom: Dicom, tmp_path: Path) -> None:
    items = store(dicom, *dicomgen.series(5))
    done = get(dicom, tmp_path / "got", *STUDY)
    assert done.returncode == 0, done.stdout
    assert received(tmp_path / "got") == {item.sop_instance_uid: item.data for item in items}


def test_a_series_and_a_list_of_images_come_alone(dicom: Dicom, tmp_path: Path) -> None:
    items = store(dicom, *dicomgen.series(3), dicomgen.ct_slice(4, series="series-2"))
    series = ("-k", f"SeriesInstanceUID={dicomgen.uid('study-1', 'series-1')}")
    study = ("-S", "-k", f"StudyInstanceUID={dicomgen.uid('study-1')}")
    assert get(dicom, tmp_path / "a", *study, "-k", "QueryRetrieveLevel=SERIES", *series).returncode == 0
    assert len(received(tmp_path / "a")) == 3
    two = "\\".join(item.sop_instance_uid for item in items[:2])
    image = ("-k", "QueryRetrieveLevel=IMAGE", *series, "-k", f"SOPInstanceUID={two}")
    assert get(dicom, tmp_path / "b", *study, *image).returncode == 0
    assert set(received(tmp_path / "b")) == {item.sop_instance_uid for item in items[:2]}


def test_all_of_a_patient_comes_by_patient_root(dicom: Dicom, tmp_path: Path) -> None:
    store(
        dicom,
        dicomgen.ct_slice(),
        dicomgen.ct_slice(study="study-2"),
        dicomgen.ct_slice(study="x", patient_id="2"),
    )
    done = get(dicom, tmp_path / "got", "-P", "-k", "QueryRetrieveLevel=PATIENT", "-k", "PatientID=BN0001")
    assert done.returncode == 0, done.stdout
    assert len(received(tmp_path / "got")) == 2


def test_an_image_larger_than_any_buffer_comes_whole(dicom: Dicom, tmp_path: Path) -> None:
    (item,) = store(dicom, dicomgen.ct_slice(rows=1500, columns=1201))
    assert get(dicom, tmp_path / "got", *STUDY).returncode == 0
    assert received(tmp_path / "got") == {item.sop_instance_uid: item.data}


def got_by_pynetdicom(
    dicom: Dicom, sop_class: str, *syntaxes: str
) -> tuple[list[Dataset], int, Dataset | None]:
    """What comes by C-GET to a receiver of one kind and these encodings; the last status and its data set."""
    taken: list[Dataset] = []

    def take(event: Any) -> int:
        data = event.dataset
        data.file_meta = event.file_meta
        taken.append(data)
        return 0

    ae = AE(ae_title=CALLING)
    ae.add_requested_context(GET)
    ae.add_requested_context(sop_class, list(syntaxes))
    association = ae.associate(
        "127.0.0.1",
        dicom.port,
        ae_title=CALLED,
        ext_neg=[build_role(sop_class, scp_role=True)],
        evt_handlers=[(evt.EVT_C_STORE, take)],
    )
    query = identifier("STUDY", StudyInstanceUID=dicomgen.uid("study-1"))
    *_pending, (status, data) = association.send_c_get(query, GET)
    association.release()
    return taken, int(status.Status), data


def test_a_receiver_that_takes_only_implicit_encoding_gets_it(dicom: Dicom) -> None:
    store(dicom, dicomgen.ct_slice())
    (got,), status, _data = got_by_pynetdicom(dicom, dicomgen.CT, dicomgen.IMPLICIT)
    sent = dicomgen.ct_dataset()
    assert (status, got.file_meta.TransferSyntaxUID) == (0, dicomgen.IMPLICIT)
    assert (got.PatientName, got.PixelData) == (sent.PatientName, sent.PixelData)


def test_a_receiver_of_another_kind_of_image_is_told_which_it_did_not_get(dicom: Dicom) -> None:
    (item,) = store(dicom, dicomgen.ct_slice())
    got, status, data = got_by_pynetdicom(dicom, MR, dicomgen.EXPLICIT)
    assert (got, status) == ([], 0xA702)
    assert data is not None
    assert data.FailedSOPInstanceUIDList == item.sop_instance_uid


def test_big_endian_files_leave_in_what_the_receiver_takes(dicom: Dicom) -> None:
    store(dicom, dicomgen.ct_slice(transfer_syntax=dicomgen.BIG_ENDIAN))
    (got,), status, _data = got_by_pynetdicom(dicom, dicomgen.CT, dicomgen.EXPLICIT, dicomgen.IMPLICIT)
    stored = np.frombuffer(dicomgen.ct_dataset().PixelData, ">u2")  # pydicom writes them without swapping
    assert (status, got.PixelData) == (0, stored.astype("<u2").tobytes())


def test_a_compressed_image_is_decoded_for_who_takes_only_uncompressed_ones(
    dicom: Dicom, tmp_path: Path
) -> None:
    frame = dicomgen.phantom(64, 64, 1).astype(np.uint16)
    store(dicom, dicomgen.compressed(dicomgen.ct_dataset(), [frame], dicomgen.JPEG_2000))
    folder = Settings(data_dir=tmp_path / "data").run_dir
    folder.mkdir(parents=True, exist_ok=True)
    with running_decoder(folder, workers=1):
        (got,), status, _data = got_by_pynetdicom(dicom, dicomgen.CT, dicomgen.EXPLICIT)
    assert (status, got.file_meta.TransferSyntaxUID) == (0, dicomgen.EXPLICIT)
    assert np.array_equal(got.pixel_array, frame)


def test_without_decoders_it_fails_alone_and_is_named(dicom: Dicom) -> None:
    frame = dicomgen.phantom(64, 64, 1).astype(np.uint16)
    packed = dicomgen.compressed(dicomgen.ct_dataset(), [frame], dicomgen.JPEG_2000)
    first, second = store(dicom, packed, dicomgen.ct_slice(2))
    (got,), status, data = got_by_pynetdicom(dicom, dicomgen.CT, dicomgen.EXPLICIT)
    assert (status, got.SOPInstanceUID) == (0xB000, second.sop_instance_uid)
    assert data is not None
    assert data.FailedSOPInstanceUIDList == first.sop_instance_uid


def test_nothing_found_is_a_success_without_images(dicom: Dicom, tmp_path: Path) -> None:
    done = get(
        dicom, tmp_path / "got", "-S", "-k", "QueryRetrieveLevel=STUDY", "-k", "StudyInstanceUID=1.2.3"
    )
    assert done.returncode == 0, done.stdout
    assert not received(tmp_path / "got")


def test_what_is_missing_fails_alone_and_is_named(dicom: Dicom) -> None:
    items = store(dicom, *dicomgen.series(3))
    path = next(one for one in dicom.stored_files() if items[1].sop_instance_uid.encode() in one.read_bytes())
    path.unlink()
    got, status, data = got_by_pynetdicom(dicom, dicomgen.CT, dicomgen.EXPLICIT)
    assert [one.SOPInstanceUID for one in got] == [items[0].sop_instance_uid, items[2].sop_instance_uid]
    assert status == 0xB000
    assert data is not None
    assert data.FailedSOPInstanceUIDList == items[1].sop_instance_uid


def test_a_study_goes_to_a_third_that_is_told_who_asked(dicom: Dicom) -> None:
    items = store(dicom, *dicomgen.series(4))
    got: list[Any] = []

    def take(event: Any) -> int:
        request = event.request
        got.append(
            (
                request.MoveOriginatorApplicationEntityTitle,
                request.MoveOriginatorMessageID,
                event.encoded_dataset(),
            )
        )
        return 0

    with listening("WS1", dicomgen.CT, evt.EVT_C_STORE, take) as port:
        register(dicom, "WS1", port)
        with associated(dicom, MOVE) as association:
            query = identifier("STUDY", StudyInstanceUID=dicomgen.uid("study-1"))
            *_pending, (status, _data) = association.send_c_move(query, "WS1", MOVE, msg_id=77)
    assert (status.Status, status.NumberOfCompletedSuboperations) == (0, 4)
    assert {(title.strip(), number) for title, number, _bytes in got} == {(CALLING, 77)}
    assert all(data.endswith(item.data) for (_t, _n, data), item in zip(got, items, strict=True))


def test_dcmtk_moves_a_study_to_dcmtk(dicom: Dicom, tmp_path: Path) -> None:
    items = store(dicom, *dicomgen.series(3))
    port = free_port()
    register(dicom, "WS1", port)
    with storescp(port, tmp_path / "got"):
        done = run("movescu", dicom, "-v", "-aem", "WS1", *STUDY)
    assert done.returncode == 0, done.stdout
    assert received(tmp_path / "got") == {item.sop_instance_uid: item.data for item in items}


def moved(dicom: Dicom, destination: str) -> tuple[int, Dataset | None]:
    with associated(dicom, MOVE) as association:
        query = identifier("STUDY", StudyInstanceUID=dicomgen.uid("study-1"))
        *_pending, (status, data) = association.send_c_move(query, destination, MOVE)
    return int(status.Status), data


def test_only_a_registered_device_with_an_address_is_a_destination(dicom: Dicom) -> None:
    store(dicom, dicomgen.ct_slice())
    assert moved(dicom, "NOBODY")[0] == 0xA801
    assert moved(dicom, CALLING)[0] == 0xA801


def test_a_destination_that_is_away_fails_all_and_names_them(dicom: Dicom) -> None:
    items = store(dicom, *dicomgen.series(2))
    register(dicom, "WS1", free_port())
    status, data = moved(dicom, "WS1")
    assert status == 0xA702
    assert data is not None
    assert list(data.FailedSOPInstanceUIDList) == [item.sop_instance_uid for item in items]


def test_a_list_of_failures_may_be_long() -> None:
    uids = [f"1.2.826.0.1.3680043.8.498.{number:038d}" for number in range(1200)]
    written = write_data_set({"00080058": {"vr": "UI", "Value": uids}}, dicomgen.EXPLICIT)
    element = dcmread(BytesIO(written), force=True)["FailedSOPInstanceUIDList"]
    assert element.VR == "UN"
    assert element.value.decode().rstrip("\0").split("\\") == uids


def test_a_get_is_cancelled_in_the_middle(dicom: Dicom, network: DicomNetwork) -> None:
    store(dicom, *dicomgen.series(40))
    remote = remote_at(dicom.port, calling_ae_title=CALLING)
    taken: list[str] = []

    def keep(_sop_class: str, uid: str, _syntax: str, pieces: Iterator[bytes]) -> int:
        taken.append(uid)
        assert sum(map(len, pieces)) > 0
        return 0

    *_before, last = network.get(
        remote, dicomgen.uid("study-1"), store=keep, cancelled=lambda: len(taken) > 2
    )
    assert 3 <= last.done < 40
    assert len(taken) == last.done


def test_who_may_not_retrieve_is_told_so(dicom: Dicom, tmp_path: Path) -> None:
    store(dicom, dicomgen.ct_slice())
    register(dicom, "ONLY", None, Right.STORE, Right.QUERY)
    with associated(dicom, MOVE, calling="ONLY") as association:
        query = identifier("STUDY", StudyInstanceUID=dicomgen.uid("study-1"))
        ((status, _data),) = association.send_c_move(query, "ONLY", MOVE)
    assert status.Status == 0x0124


def test_a_retrieval_is_audited_once_at_its_begin_and_once_at_its_end(dicom: Dicom, tmp_path: Path) -> None:
    store(dicom, *dicomgen.series(5))
    assert get(dicom, tmp_path / "got", *STUDY).returncode == 0
    kinds = select(AuditRecord.kind, AuditRecord.detail).where(AuditRecord.detail.contains("destination"))
    with dicom.db.reading() as tx:
        rows = [
            (row.kind, json.loads(row.detail)) for row in tx.session.execute(kinds.order_by(AuditRecord.id))
        ]
    assert [kind for kind, _detail in rows] == [AuditKind.BEGIN_TRANSFERRING, AuditKind.INSTANCES_TRANSFERRED]
    assert {(detail["instances"], detail["destination"]) for _kind, detail in rows} == {(5, CALLING)}
