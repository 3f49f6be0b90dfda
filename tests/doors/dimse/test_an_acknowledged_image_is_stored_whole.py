"""Success means durable and byte for byte; a failure names its reason; the same image twice is one image."""

import subprocess
import threading
import time
from pathlib import Path

import pytest

from app.archive.queries import StudyQuery, list_studies
from app.base.actor import SYSTEM
from tests import dicomgen
from tests.doors.dimse.conftest import CALLED, CALLING, Dicom
from tests.sender import Outgoing, Response, outgoing

SUCCESS = 0x0000
ON_SQLITE = pytest.mark.parametrize("db", ["sqlite"], indirect=True)  # where the engine does not matter


def send(dicom: Dicom, *items: Outgoing) -> list[Response]:
    with dicom.connect(*items) as sender:
        return [sender.store(item) for item in items]


def counts(dicom: Dicom) -> list[tuple[int, int]]:
    """Series and instances of every study."""
    with dicom.db.reading() as tx:
        page = list_studies(tx, SYSTEM, StudyQuery())
    return [(study.series_count, study.instance_count) for study in page.studies]


def test_the_data_set_is_kept_byte_for_byte(dicom: Dicom) -> None:
    item = outgoing(dicomgen.ct_slice())
    assert [answer.status for answer in send(dicom, item)] == [SUCCESS]
    (path,) = dicom.stored_files()
    kept = outgoing(path.read_bytes())
    assert kept == item
    assert counts(dicom) == [(1, 1)]


@ON_SQLITE
@pytest.mark.parametrize("transfer_syntax", [dicomgen.IMPLICIT, dicomgen.BIG_ENDIAN, dicomgen.DEFLATED])
def test_every_encoding_is_kept_as_it_came(dicom: Dicom, transfer_syntax: str) -> None:
    item = outgoing(dicomgen.ct_slice(transfer_syntax=transfer_syntax))
    assert send(dicom, item) == [Response(SUCCESS, "")]
    assert outgoing(dicom.stored_files()[0].read_bytes()) == item


def test_a_series_becomes_one_study(dicom: Dicom) -> None:
    answers = send(dicom, *(outgoing(data) for data in dicomgen.series(12)))
    assert {answer.status for answer in answers} == {SUCCESS}
    assert counts(dicom) == [(1, 12)]


def test_the_same_image_sent_ten_times_at_once_is_one_row_and_one_file(dicom: Dicom) -> None:
    item = outgoing(dicomgen.ct_slice())
    answers: list[Response] = []
    threads = [threading.Thread(target=lambda: answers.extend(send(dicom, item))) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [Response(SUCCESS, "")] * 10
    assert (len(dicom.stored_files()), counts(dicom)) == (1, [(1, 1)])


def test_another_image_under_the_same_uid_is_told_and_the_first_kept(dicom: Dicom) -> None:
    first = outgoing(dicomgen.ct_slice())
    second = Outgoing(
        first.sop_class_uid,
        first.sop_instance_uid,
        first.transfer_syntax,
        outgoing(dicomgen.ct_slice(SeriesDescription="CHANGED")).data,
    )
    answers = send(dicom, first, second)
    assert [answer.status for answer in answers] == [SUCCESS, 0xC002]
    assert "identifier" in answers[1].comment
    assert counts(dicom) == [(1, 1)]


@ON_SQLITE
def test_the_same_without_the_padding_behind_its_pixels_is_told_success(dicom: Dicom) -> None:
    padding = dicomgen.element(0xFFFCFFFC, "OB", bytes(126))
    first, again = (outgoing(data) for data in (dicomgen.ct_slice() + padding, dicomgen.ct_slice()))
    assert [answer.status for answer in send(dicom, first, again)] == [SUCCESS, SUCCESS]
    assert counts(dicom) == [(1, 1)]


@ON_SQLITE
def test_a_command_that_names_another_instance_is_told_so(dicom: Dicom) -> None:
    item = outgoing(dicomgen.ct_slice())
    liar = Outgoing(item.sop_class_uid, "1.2.3.4", item.transfer_syntax, item.data)
    assert [answer.status for answer in send(dicom, liar)] == [0xA900]


@ON_SQLITE
def test_an_operation_that_is_not_offered_is_told_so(dicom: Dicom) -> None:
    with dicom.connect() as sender:
        request = bytearray(sender.echo_request())
        place = request.index(b"\x00\x00\x00\x01\x02\x00\x00\x00") + 8
        request[place : place + 2] = b"\x20\x00"  # C-FIND-RQ
        sender.socket.sendall(request)
        assert sender.response().status in {0x0122, 0x0211}
        assert sender.echo().status == SUCCESS


@ON_SQLITE
def test_when_the_disk_is_full_the_modality_is_told_to_try_again(dicom: Dicom, full_disk: None) -> None:
    item = outgoing(dicomgen.ct_slice())
    (answer,) = send(dicom, item)
    assert answer.status == 0xA700
    assert "disk" in answer.comment
    assert dicom.stored_files() == []


@ON_SQLITE
def test_a_running_store_is_finished_when_the_server_stops(dicom: Dicom) -> None:
    item = outgoing(dicomgen.ct_slice(rows=512, columns=512))
    sender = dicom.connect(item)
    request = sender.store_request(item)
    sender.socket.sendall(request[:200_000])
    while not dicom.spooled_files():
        pass
    stopping = threading.Thread(target=dicom.server.stop)
    stopping.start()
    sender.socket.sendall(request[200_000:])
    assert sender.response().status == SUCCESS
    assert sender.read_pdu()[0] == 0x07  # then A-ABORT
    stopping.join(10)
    sender.socket.close()
    assert counts(dicom) == [(1, 1)]


@ON_SQLITE
@pytest.mark.parametrize("program", ["storescu", "dcmsend"])
def test_dcmtk_sends_a_series_without_its_40_ms_stalls(
    dicom: Dicom, program: str, storescu: str, tmp_path: Path
) -> None:
    """Its Nagle algorithm waits for our acknowledgement: 50 images would take 2 s longer if we delayed it."""
    ours = [outgoing(data) for data in dicomgen.series(50, study="ours")]
    begun = time.perf_counter()
    send(dicom, *ours)
    without_nagle = time.perf_counter() - begun
    folder = tmp_path / "send"
    folder.mkdir()
    for number, data in enumerate(dicomgen.series(50, study="theirs")):
        (folder / f"{number}.dcm").write_bytes(data)
    path = Path(storescu).with_name(program)
    command = [str(path), "-aet", CALLING, "-aec", CALLED, "127.0.0.1", str(dicom.port), "+sd", str(folder)]
    begun = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    assert time.perf_counter() - begun < 2 * without_nagle + 1
    assert counts(dicom) == [(1, 50), (1, 50)]
