"""Padding, group lengths and delimiters written otherwise are no other content; a changed value or pixel is."""

from collections.abc import Callable

import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from app.archive.actions import Source, SourceKind, StoredInstance, store_instance
from app.archive.part10 import read_part10
from app.archive.queries import set_asides
from app.archive.repetitions import Known, entered
from tests.app.archive.conftest import Archive
from tests.dicomgen import DEFLATED, EXPLICIT, RLE, ct_dataset, ct_slice, element, file


def arrive(archive: Archive, data: bytes) -> str:
    """As all doors enter a file; what became of it."""
    with archive.blobs.open_spool() as spool:
        spool.write(data)
        spool.flush()
        part10 = read_part10(spool.path)
        blob = spool.begin_commit()

        def enter(known: Known) -> StoredInstance:
            with archive.db.transaction() as tx:
                source = Source(SourceKind.STOW, "association-2", "gateway")
                return store_instance(
                    tx, archive.cast.ct_a, blob=blob, part10=part10, source=source, known=known
                )

        stored = entered(archive.blobs, spool, part10, enter)
        spool.commit()
    return stored.outcome


def with_sequence() -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = "T-D3000", "SRT", "Chest"
    return ct_dataset(ProcedureCodeSequence=Sequence([item]))


def undelimited(undefined: bool) -> bytes:
    ds = with_sequence()
    ds["ProcedureCodeSequence"].is_undefined_length = undefined
    ds.ProcedureCodeSequence[0].is_undefined_length_sequence_item = undefined
    return file(ds, EXPLICIT)


def with_length_of_group(data: bytes) -> bytes:
    """A group length (retired, PS3.5 7.2) in front of group 0008; nobody believes what it says."""
    start = data.index(b"\x08\x00\x05\x00CS")
    return data[:start] + element(0x00080000, "UL", b"\1\2\0\0") + data[start:]


AGAIN: dict[str, Callable[[], tuple[bytes, bytes]]] = {
    "padding behind the pixels": lambda: (
        ct_slice() + element(0xFFFCFFFC, "OB", bytes(126)),
        ct_slice(),
    ),
    "the same, deflated": lambda: (
        ct_slice(transfer_syntax=DEFLATED, DataSetTrailingPadding=bytes(64)),
        ct_slice(transfer_syntax=DEFLATED),
    ),
    "a sequence with and without its length": lambda: (undelimited(True), undelimited(False)),
    "a group length": lambda: (with_length_of_group(ct_slice()), ct_slice()),
    "spaces behind a text": lambda: (
        ct_slice(StudyDescription="CT ngực"),
        ct_slice(StudyDescription="CT ngực    "),
    ),
}


@pytest.mark.parametrize("name", AGAIN)
def test_it_is_a_repetition_at_once(sqlite_archive: Archive, name: str) -> None:
    first, again = AGAIN[name]()
    assert first != again
    assert arrive(sqlite_archive, first) == "stored"
    assert arrive(sqlite_archive, again) == "duplicate"
    assert arrive(sqlite_archive, first) == "duplicate"
    with sqlite_archive.db.reading() as tx:
        assert set_asides(tx, sqlite_archive.cast.tam) == []


def inverted() -> bytes:
    return ct_slice(PhotometricInterpretation="MONOCHROME1", SmallestImagePixelValue=0)


def one_pixel() -> bytes:
    ds = ct_dataset(SmallestImagePixelValue=0)
    ds.PixelData = ds.PixelData[:-2] + b"\7\7"
    return file(ds, EXPLICIT)


@pytest.mark.parametrize(
    "other",
    [
        inverted,
        one_pixel,
        lambda: ct_slice(StudyDescription="another"),
        lambda: ct_slice(SmallestImagePixelValue=32),
    ],
)
def test_other_content_is_set_aside(sqlite_archive: Archive, other: Callable[[], bytes]) -> None:
    assert arrive(sqlite_archive, ct_slice(SmallestImagePixelValue=0)) == "stored"
    assert arrive(sqlite_archive, other()) == "set-aside"


def test_compressed_frames_are_compared_as_they_are(sqlite_archive: Archive) -> None:
    ds = ct_dataset()
    ds.file_meta = pydicom.dataset.FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
    ds.compress(RLE, generate_instance_uid=False)
    data = file(ds, RLE)
    assert arrive(sqlite_archive, data + element(0xFFFCFFFC, "OB", bytes(32))) == "stored"
    assert arrive(sqlite_archive, data) == "duplicate"
