"""C-GET of an image whose bytes changed in storage: told as failed, or broken off, before the weekly reading finds it."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app.archive.models import Instance
from app.base.blobs import Blobs
from app.base.clock import shifted
from app.base.db import Database
from tests import dicomgen
from tests.doors.dimse.conftest import Dicom
from tests.doors.dimse.dcmtk import run, store

STUDY = ("-S", "-k", "QueryRetrieveLevel=STUDY", "-k", f"StudyInstanceUID={dicomgen.uid('study-1')}")
LATER = timedelta(days=2)  # what was read a day ago is taken as good


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    return sqlite_db


def got(dicom: Dicom, folder: Path, *how: str) -> list[str]:
    folder.mkdir()
    with shifted(LATER):
        run("getscu", dicom, *how, "-od", str(folder), *STUDY)
    return [str(path.name) for path in folder.iterdir()]


def flip(dicom: Dicom, number: int) -> str:
    with dicom.db.reading() as tx:
        digest = tx.session.scalars(select(Instance.digest).where(Instance.number == number)).one()
    path = Blobs(dicom.data_dir).path(digest)
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    return digest


@pytest.mark.parametrize("how", [("+B",), ("+xi",)])
def test_the_others_are_sent_and_the_changed_one_is_told(
    dicom: Dicom, tmp_path: Path, how: tuple[str, ...]
) -> None:
    """Byte for byte, and written anew for a receiver of Implicit VR only."""
    store(dicom, *dicomgen.series(3))
    assert len(got(dicom, tmp_path / "whole", *how)) == 3
    digest = flip(dicom, 2)
    came = got(dicom, tmp_path / "changed", *how)
    assert len(came) == 2
    assert not any(dicomgen.uid("study-1", "series-1", 2) in name for name in came)
    assert Blobs(dicom.data_dir).doubted() == [digest]


def test_a_long_one_is_broken_off_before_its_end(dicom: Dicom, tmp_path: Path) -> None:
    store(dicom, dicomgen.ct_slice(1, rows=1024, columns=1024))
    assert len(got(dicom, tmp_path / "whole")) == 1
    flip(dicom, 1)
    assert got(dicom, tmp_path / "changed") == []
