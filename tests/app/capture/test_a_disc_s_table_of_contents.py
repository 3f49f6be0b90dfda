"""A DICOMDIR is not an image; what it lists and did not come is told when the upload ends."""

import io
from pathlib import Path

from pydicom import dcmread
from pydicom.fileset import FileSet

from app.base.db import Database
from app.capture.dicomdir import listed_files, missing_files
from app.capture.intake import Intake
from app.capture.models import FileState
from tests.app.capture.deliveries import Delivery, zipped
from tests.cast import Cast
from tests.dicomgen import ct_slice


def media(folder: Path, count: int) -> dict[str, bytes]:
    """A disc's files by their path, written by pydicom."""
    made = FileSet()
    for number in range(1, count + 1):
        made.add(dcmread(io.BytesIO(ct_slice(number))))
    made.write(folder)
    made._stage["t"].cleanup()  # it says so itself otherwise, and warnings are errors
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_whole_disc_is_stored_and_its_table_left_out(
    sqlite_db: Database, intake_on_sqlite: Intake, cast_on_sqlite: Cast, tmp_path: Path
) -> None:
    delivery = Delivery(sqlite_db, intake_on_sqlite, cast_on_sqlite.tam)
    files = {f"CD/{name}": data for name, data in media(tmp_path / "disc", 4).items()}
    delivery.bring(files)
    assert delivery.info().count(FileState.STORED) == 4
    assert delivery.left_out() == {"CD/DICOMDIR": "dicomdir"}


def test_what_the_table_lists_and_did_not_come_is_told(
    sqlite_db: Database, intake_on_sqlite: Intake, cast_on_sqlite: Cast, tmp_path: Path
) -> None:
    files = media(tmp_path / "disc", 4)
    scratched = sorted(name for name in files if name != "DICOMDIR")[2]
    del files[scratched]
    for kind in ("folder", "zip"):
        delivery = Delivery(sqlite_db, intake_on_sqlite, cast_on_sqlite.tam)
        delivery.bring(files if kind == "folder" else {"cd.zip": zipped(files)})
        delivery.unpack()
        assert delivery.left_out() == {"DICOMDIR": "disc_incomplete"}
        (told,) = delivery.files_left_out()
        assert told.reason_params == {"listed": 4, "missing": 1, "name": scratched}


def test_a_table_that_cannot_be_read_says_nothing() -> None:
    assert listed_files(b"") == []
    assert listed_files(b"\0" * 128 + b"DICM" + b"\x04\x00\x20\x12SQ" + b"\xff" * 40) == []


def test_names_are_compared_as_discs_write_them() -> None:
    present = ["d/dicom/im1.", "D/DICOM/IM2;1", "D\\DICOM\\IM3"]
    assert missing_files("d/DICOMDIR", ["DICOM/IM1", "DICOM/IM2", "DICOM/IM3", "DICOM/IM4"], present) == [
        "DICOM/IM4"
    ]
