"""Every hostile data set gets an answer, Success or a failure with its reason; the server lives and stays quick (T2, F9)."""

import resource
import time
from pathlib import Path

import pytest

from app.archive.uids import is_uid
from app.dimse.contexts import STORAGE_SOP_CLASSES, TRANSFER_SYNTAXES
from tests import dicomgen
from tests.doors.dimse.conftest import Dicom
from tests.sender import Outgoing, Response, outgoing

ON_SQLITE = pytest.mark.parametrize("db", ["sqlite"], indirect=True)  # where the engine does not matter
MEMORY_KB = 300_000
ALREADY_HERE = 0xC002  # most of them are variants of one image
KEPT = {
    "garbage_after",
    "many_meta_elements",  # its meta group is not sent over an association
    "name_64k",
    "name_control",
    "name_markup",
    "preamble_pe",
    "rle_bomb",
    "unknown_transfer_syntax",
    "window_nan",
}


def as_sent(file: bytes) -> Outgoing:
    """What a sender that trusts the file would send; identifiers that no sender could speak are replaced."""
    item = outgoing(file)
    named = is_uid(item.sop_instance_uid) and item.sop_class_uid in STORAGE_SOP_CLASSES
    sop_class, instance = (item.sop_class_uid, item.sop_instance_uid) if named else (dicomgen.CT, "1.2.3")
    syntax = item.transfer_syntax if item.transfer_syntax in TRANSFER_SYNTAXES else dicomgen.EXPLICIT
    return Outgoing(sop_class, instance, syntax, item.data)


def send(dicom: Dicom, file: bytes) -> Response:
    item = as_sent(file)
    with dicom.connect(item) as sender:
        return sender.store(item)


def check(dicom: Dicom, name: str, file: bytes) -> Response:
    begun = time.perf_counter()
    answer = send(dicom, file)
    assert time.perf_counter() - begun < 5, name
    assert answer.status == 0 or answer.comment, f"{name}: {answer.status:04X} without a reason"
    assert answer.status != 0x0110, f"{name} met a fault of ours"
    begun = time.perf_counter()
    with dicom.connect() as sender:
        assert sender.echo().status == 0
    assert time.perf_counter() - begun < 1, name
    return answer


def test_those_made_by_code(dicom: Dicom) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    files = {name: make() for name, make in dicomgen.HOSTILE.items() if name != "deflate_bomb"}
    answers = {name: check(dicom, name, file) for name, file in files.items()}
    kept = {name for name, answer in answers.items() if answer.status in {0, ALREADY_HERE}}
    assert kept == KEPT
    assert answers["meta_mismatch"].status == 0xA900
    assert dicom.spooled_files() == []
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MEMORY_KB


@ON_SQLITE
def test_a_deflate_bomb_is_refused(dicom: Dicom) -> None:
    assert check(dicom, "deflate_bomb", dicomgen.hostile("deflate_bomb")).status == 0xC003


@ON_SQLITE
def test_nothing_is_written_where_an_identifier_points(dicom: Dicom) -> None:
    for name in ("sop_uid_traversal", "absolute_path_series"):
        assert check(dicom, name, dicomgen.hostile(name)).status
    assert not Path("/tmp/hoichan").exists()
    assert not Path("/etc/cron.d/hoichan").exists()
    assert dicom.stored_files() == []


@ON_SQLITE
def test_those_of_the_corpus(dicom: Dicom, corpus: Path) -> None:
    folder = corpus / "synthetic" / "hostile"
    if not folder.is_dir():
        pytest.skip("the corpus holds no hostile files")
    files = sorted(folder.glob("*.dcm"))
    answers = {file.stem: check(dicom, file.stem, file.read_bytes()) for file in files}
    assert len(answers) == 74
    assert dicom.spooled_files() == []
    assert answers["dup_sop_B"].status == 0xC002
    assert answers["study_two_patients_B"].status == 0xC002


def test_the_log_names_no_patient(dicom: Dicom, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    for name in ("name_markup", "truncated_pixels", "rows_zero", "meta_mismatch"):
        check(dicom, name, dicomgen.hostile(name))
    assert "NGUYỄN" not in caplog.text
    assert "BN0001" not in caplog.text
