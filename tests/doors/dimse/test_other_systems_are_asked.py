"""Our side as requestor against DCMTK's archive and receivers, and against our own: what comes, and the sentences."""

import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydicom import Dataset
from pynetdicom import evt

from app.archive.outgoing import OutgoingFile
from app.archive.queries import outgoing_of
from app.base.actor import SYSTEM
from app.base.blobs import Blobs
from app.base.db import Database
from app.base.errors import Unavailable
from app.base.settings import Settings
from app.dimse.contexts import INSTANCE_AVAILABILITY, STUDY_ROOT_FIND, STUDY_ROOT_GET
from app.dimse.network import DicomNetwork
from app.identity.actions import register_device
from app.routing.availability import availability_of
from app.routing.network import Remote
from tests import certificates, dicomgen
from tests.doors.dimse.asking import listening
from tests.doors.dimse.conftest import CALLED, CALLING, Dicom, free_port, remote_at
from tests.doors.dimse.dcmtk import program, received, store
from tests.doors.dimse.test_studies_are_retrieved import storescp
from tests.sender import outgoing

STUDY = dicomgen.uid("study-1")


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    return sqlite_db


@pytest.fixture
def archive(tmp_path: Path, dicom: Dicom) -> Iterator[Remote]:
    """DCMTK's archive with a study of three images; it knows our server as a destination."""
    port, folder = free_port(), tmp_path / "archive"
    (folder / "OLD").mkdir(parents=True)
    config = folder / "dcmqrscp.cfg"
    config.write_text(
        f"NetworkTCPPort = {port}\nMaxPDUSize = 65536\nMaxAssociations = 8\n"
        f'HostTable BEGIN\nus = ({CALLED}, 127.0.0.1, {dicom.port})\nHostTable END\nVendorTable BEGIN\n"x" = us\n'
        f"VendorTable END\nAETable BEGIN\nOLD {folder / 'OLD'} RW (100, 1024mb) ANY\nAETable END\n"
    )
    process = subprocess.Popen([program("dcmqrscp"), "-c", str(config)], stderr=subprocess.DEVNULL)
    remote = remote_at(port, ae_title="OLD")
    for number in range(1, 4):
        (folder / f"{number}.dcm").write_bytes(dicomgen.ct_slice(number))
    send = [program("storescu"), "-aec", "OLD", "127.0.0.1", str(port), *map(str, folder.glob("*.dcm"))]
    try:
        for _turn in range(50):
            if not subprocess.run(send, check=False, capture_output=True).returncode:
                break
            time.sleep(0.1)
        yield remote
    finally:
        process.terminate()
        process.wait(5)


def test_an_archive_is_searched_and_a_study_comes_by_get(archive: Remote, network: DicomNetwork) -> None:
    assert network.echo(archive) < 5
    (found,) = network.find(
        archive, "STUDY", {"StudyInstanceUID": "", "PatientName": "NGUY*", "PatientID": ""}
    )
    assert found["0020000D"]["Value"] == [STUDY]
    assert found["00100010"]["Value"] == [{"Alphabetic": "NGUYỄN^VĂN AN"}]
    taken: dict[str, bytes] = {}

    def keep(_sop_class: str, uid: str, _syntax: str, pieces: Iterator[bytes]) -> int:
        taken[uid] = b"".join(pieces)
        return 0

    *_before, last = network.get(archive, STUDY, store=keep, cancelled=lambda: False)
    assert (last.done, last.failed) == (3, 0)
    assert taken == {item.sop_instance_uid: item.data for item in map(outgoing, dicomgen.series(3))}


def test_a_study_of_an_archive_is_moved_to_us(archive: Remote, network: DicomNetwork, dicom: Dicom) -> None:
    with dicom.db.transaction() as tx:
        register(tx, dicom)
    *_before, last = network.move(archive, STUDY, destination_ae_title=CALLED, cancelled=lambda: False)
    assert (last.done, last.failed) == (3, 0)
    assert len(dicom.stored_files()) == 3


def register(tx: Any, dicom: Dicom) -> None:
    register_device(tx, SYSTEM, hospital_id=dicom.hospital_id, ae_title="OLD", name="PACS cũ")


def test_an_archive_that_does_not_know_us_as_a_destination_says_so(
    archive: Remote, network: DicomNetwork
) -> None:
    with pytest.raises(Unavailable) as refused:
        list(network.move(archive, STUDY, destination_ae_title="ELSEWHERE", cancelled=lambda: False))
    assert refused.value.code == "destination_unknown"
    assert "register this archive there" in str(refused.value)


def test_images_are_sent_and_counted(dicom: Dicom, network: DicomNetwork, tmp_path: Path) -> None:
    items = store(dicom, *dicomgen.series(4))
    with dicom.db.reading() as tx:
        files = outgoing_of(tx, SYSTEM, sop_instance_uids=[item.sop_instance_uid for item in items])
    port = free_port()
    with storescp(port, tmp_path / "got"):
        *_before, last = network.send(remote_at(port), files, cancelled=lambda: False)
    assert (last.done, last.failed, last.total) == (4, 0, 4)
    assert received(tmp_path / "got") == {item.sop_instance_uid: item.data for item in items}


def test_a_receiver_that_breaks_off_leaves_no_file_open(dicom: Dicom, network: DicomNetwork) -> None:
    items = store(dicom, *dicomgen.series(3))
    with dicom.db.reading() as tx:
        files = outgoing_of(tx, SYSTEM, sop_instance_uids=[item.sop_instance_uid for item in items])

    def break_off(event: Any) -> int:
        event.assoc.abort()
        return 0xA700

    with (
        listening("WS1", dicomgen.CT, evt.EVT_C_STORE, break_off) as port,
        pytest.raises(Unavailable, match="broke off"),
    ):
        list(network.send(remote_at(port, ae_title="WS1"), files, cancelled=lambda: False))
    opened = {path.resolve() for path in Path("/proc/self/fd").iterdir()}
    assert not opened & {path.resolve() for path in dicom.stored_files()}


def test_images_of_rare_kinds_come_by_get_as_they_are_stored(dicom: Dicom, network: DicomNetwork) -> None:
    rare = "1.2.840.10008.5.1.4.1.1.9.7.4"  # Body Position Waveform
    packed = dicomgen.compressed(dicomgen.ct_dataset(2), [dicomgen.phantom(64, 64, 2)], dicomgen.RLE)
    (odd, image) = store(dicom, dicomgen.ct_slice(SOPClassUID=rare), packed)
    assert (odd.sop_class_uid, image.transfer_syntax) == (rare, dicomgen.RLE)
    taken: dict[str, bytes] = {}

    def keep(_sop_class: str, uid: str, _syntax: str, pieces: Iterator[bytes]) -> int:
        taken[uid] = b"".join(pieces)
        return 0

    remote = remote_at(dicom.port, calling_ae_title=CALLING)
    *_before, last = network.get(remote, STUDY, store=keep, cancelled=lambda: False)
    assert (last.done, last.failed) == (2, 0)
    assert taken == {item.sop_instance_uid: item.data for item in (odd, image)}


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes minutes elsewhere takes a moment."""
    monkeypatch.setattr("app.dimse.asking._FIND_SECONDS", 0.2)
    monkeypatch.setattr("app.dimse.asking._CANCEL_SECONDS", 0.2)
    monkeypatch.setattr("app.dimse.asking._LOOK_SECONDS", 0.05)


def _endless(_event: Any) -> Iterator[tuple[int, Dataset]]:
    answer = Dataset()
    answer.StudyInstanceUID = STUDY
    while True:
        time.sleep(0.01)
        yield 0xFF00, answer


@pytest.mark.usefixtures("impatient")
def test_a_list_without_end_is_given_up(network: DicomNetwork) -> None:
    with listening("OLD", STUDY_ROOT_FIND, evt.EVT_C_FIND, _endless) as port:
        remote = remote_at(port, ae_title="OLD")
        with pytest.raises(Unavailable) as told:
            network.find(remote, "STUDY", {}, most=10_000)
        assert told.value.code == "too_slow"
        assert len(network.find(remote, "STUDY", {}, most=3)) == 3


@pytest.mark.usefixtures("impatient")
def test_an_archive_that_does_not_hear_a_cancel_is_left(network: DicomNetwork) -> None:
    with listening("OLD", STUDY_ROOT_GET, evt.EVT_C_GET, lambda _event: time.sleep(3)) as port:
        begun = time.monotonic()
        with pytest.raises(Unavailable, match="broke off"):
            list(
                network.get(
                    remote_at(port, ae_title="OLD"), STUDY, store=lambda *_: 0, cancelled=lambda: True
                )
            )
        assert time.monotonic() - begun < 2


def outgoing_file(*, sop_instance_uid: str) -> OutgoingFile:
    """Only its identifiers count."""
    return OutgoingFile(
        "", dicomgen.CT, sop_instance_uid, "1.2.3", STUDY, dicomgen.EXPLICIT, "", 0, 0, False, 0
    )


def test_what_can_be_fetched_is_announced(network: DicomNetwork) -> None:
    got: list[Dataset] = []

    def take(event: Any) -> tuple[int, None]:
        got.append(event.attribute_list)
        return 0x0000, None

    with listening("RIS", INSTANCE_AVAILABILITY, evt.EVT_N_CREATE, take) as port:
        files = [outgoing_file(sop_instance_uid="1.2.3.4")]
        network.announce_availability(remote_at(port, ae_title="RIS"), availability_of(files, CALLED))
    item = got[0].ReferencedSeriesSequence[0].ReferencedSOPSequence[0]
    assert (item.ReferencedSOPInstanceUID, item.InstanceAvailability, item.RetrieveAETitle) == (
        "1.2.3.4",
        "ONLINE",
        CALLED,
    )


@pytest.mark.parametrize(
    ("called", "calling", "code"),
    [(CALLED, "NOBODY", "calling_refused"), ("NOWHERE", CALLING, "called_unknown")],
)
def test_a_refusal_says_what_to_do(
    dicom: Dicom, network: DicomNetwork, called: str, calling: str, code: str
) -> None:
    with pytest.raises(Unavailable) as refused:
        network.echo(remote_at(dicom.port, ae_title=called, calling_ae_title=calling))
    assert refused.value.code == code


def test_nobody_there_is_said_with_the_address(network: DicomNetwork) -> None:
    port = free_port()
    with pytest.raises(Unavailable, match=f"127.0.0.1, port {port}"):
        network.echo(remote_at(port))


def test_a_name_that_no_machine_can_have_is_nobody(network: DicomNetwork) -> None:
    with pytest.raises(Unavailable) as told:
        network.echo(replace(remote_at(104), host="a" * 70))
    assert told.value.code == "unreachable"


def _hang_up(listener: socket.socket) -> None:
    listener.accept()[0].close()


def test_a_peer_that_breaks_off_is_named(network: DicomNetwork) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_hang_up, args=(listener,), daemon=True).start()
        with pytest.raises(Unavailable, match="PACS cũ broke off"):
            network.echo(remote_at(listener.getsockname()[1]))


def test_a_service_that_is_not_offered_is_said(network: DicomNetwork, tmp_path: Path) -> None:
    port = free_port()
    with storescp(port, tmp_path / "got"), pytest.raises(Unavailable, match="does not offer"):
        network.find(remote_at(port), "STUDY", {})


@pytest.mark.skipif(certificates.OPENSSL is None, reason="openssl is not installed")
def test_a_device_that_wants_tls_is_called_over_it_and_only_if_it_is_trusted(
    start_dicom: Callable[..., Dicom], blobs: Blobs, tmp_path: Path
) -> None:
    own, stranger = certificates.authority(tmp_path), certificates.authority(tmp_path, "stranger")
    paper = certificates.issued(tmp_path, "server", own)
    tls_port = free_port()
    start_dicom(tls_port=tls_port, tls_certificate=paper.certificate, tls_key=paper.key, tls_client="none")
    remote = replace(remote_at(tls_port, calling_ae_title=CALLING), tls=True)

    def trusting(authority: certificates.Certificate) -> DicomNetwork:
        settings = {"data_dir": tmp_path / "data", "dicom": {"tls_ca": authority.certificate}}
        return DicomNetwork(Settings.model_validate(settings), blobs)

    assert trusting(own).echo(remote) > 0
    with pytest.raises(Unavailable) as refused:
        trusting(stranger).echo(remote)
    assert refused.value.code == "tls_failed"
