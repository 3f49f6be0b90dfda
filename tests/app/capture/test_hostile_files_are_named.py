"""Files that attack a reader, uploaded: each is stored or refused with its reason, and nothing else happens."""

from pathlib import Path

import pytest

from app.base.db import Database
from app.capture.intake import Intake
from app.capture.models import FileState, UploadState
from tests import dicomgen
from tests.app.archive.test_hostile_files import KEPT, REFUSED
from tests.app.capture.deliveries import Delivery, files_below, zipped
from tests.cast import Cast


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    """What is refused is refused before any database."""
    return sqlite_db


def test_each_is_refused_with_its_code_or_kept(
    db: Database, intake: Intake, cast: Cast, tmp_path: Path
) -> None:
    delivery = Delivery(db, intake, cast.tam)
    files = delivery.bring({name: dicomgen.hostile(name) for name in dicomgen.HOSTILE})
    left_out = delivery.left_out()
    assert {name: left_out[name] for name in REFUSED} == REFUSED
    # Those that can be kept claim to be the same image: the first is stored, the others are set aside.
    set_aside = {name for name in KEPT if left_out.get(name) == "uid_collision"}
    stored = {name for name, file in files.items() if file.state in {FileState.STORED, FileState.DUPLICATE}}
    assert stored
    assert stored | set_aside == set(KEPT)
    assert delivery.info().state == UploadState.FINISHED
    assert all(path.startswith(("data/blobs/", "data/hoichan.db", "run/")) for path in files_below(tmp_path))


def test_in_a_zip_they_are_refused_alike(db: Database, intake: Intake, cast: Cast) -> None:
    small = {name: dicomgen.hostile(name) for name in REFUSED if name not in {"deflate_bomb", "empty"}}
    delivery = Delivery(db, intake, cast.tam)
    delivery.bring({"cd.zip": zipped(small)})
    delivery.unpack()
    assert delivery.left_out() == {name: REFUSED[name] for name in small}


def test_a_preamble_that_looks_like_a_zip_is_still_dicom(db: Database, intake: Intake, cast: Cast) -> None:
    data = dicomgen.file(dicomgen.ct_dataset(1), preamble=b"PK\x03\x04".ljust(128, b"\0"))
    delivery = Delivery(db, intake, cast.tam)
    assert delivery.bring({"a.dcm": data})["a.dcm"].state == FileState.STORED


def test_the_corpus_of_hostile_files_leaves_the_process_alive(
    db: Database, intake: Intake, cast: Cast, corpus: Path
) -> None:
    files = {
        path.name: path.read_bytes() for path in sorted((corpus / "synthetic" / "hostile").glob("*.dcm"))
    }
    delivery = Delivery(db, intake, cast.tam)
    brought = delivery.bring(files)
    final = {FileState.STORED, FileState.DUPLICATE, FileState.REFUSED}
    assert {file.state for file in brought.values()} <= final
    refused = {name for name, file in brought.items() if file.state == FileState.REFUSED}
    assert set(delivery.left_out()) == refused
    assert {"uid_path_traversal_sop.dcm", "nested_sq_500.dcm", "deflate_bomb_200MB.dcm"} <= refused
