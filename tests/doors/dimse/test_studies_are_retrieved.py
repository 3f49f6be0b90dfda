"""C-GET and C-MOVE as DCMTK asks for them: the same bytes come back, to the asker or to a third."""

from pathlib import Path

import pytest

from app.base.db import Database
from tests import dicomgen
from tests.doors.dimse.conftest import Dicom
from tests.doors.dimse.dcmtk import received, run, store

STUDY = ("-S", "-k", "QueryRetrieveLevel=STUDY", "-k", f"StudyInstanceUID={dicomgen.uid('study-1')}")


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    """What is asked of the database is tested on both engines elsewhere."""
    return sqlite_db


def test_a_study_comes_back_byte_for_byte(dicom: Dicom, tmp_path: Path) -> None:
    items = store(dicom, *dicomgen.series(5))
    done = run("getscu", dicom, "-v", "+B", "-od", str(tmp_path), *STUDY)
    assert done.returncode == 0, done.stdout
    assert received(tmp_path) == {item.sop_instance_uid: item.data for item in items}
