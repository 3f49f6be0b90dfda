"""C-FIND as DCMTK asks it: levels, matching, character sets, and what is refused."""

from pathlib import Path

import pytest

from tests import dicomgen
from tests.doors.dimse.conftest import CALLED, Dicom
from tests.doors.dimse.dcmtk import findscu, run
from tests.sender import outgoing

STUDY = ("-S", "-k", "QueryRetrieveLevel=STUDY")


@pytest.fixture
def filled(dicom: Dicom) -> Dicom:
    """Two studies of two patients."""
    items = [outgoing(data) for data in dicomgen.series(3, study="first")]
    items += [outgoing(data) for data in dicomgen.series(2, study="second")]
    with dicom.connect(*items) as sender:
        assert {sender.store(item).status for item in items} == {0}
    return dicom


def test_a_study_is_found_with_what_was_asked_for_and_no_more(filled: Dicom, tmp_path: Path) -> None:
    found = findscu(
        filled, tmp_path / "a", *STUDY, "-k", "StudyInstanceUID", "-k", "NumberOfStudyRelatedInstances"
    )
    assert sorted(int(one.NumberOfStudyRelatedInstances) for one in found) == [2, 3]
    assert {one.RetrieveAETitle for one in found} == {CALLED}
    assert {one.QueryRetrieveLevel for one in found} == {"STUDY"}
    assert all("StudyDescription" not in one for one in found)


def test_no_level_is_refused(filled: Dicom, tmp_path: Path) -> None:
    done = run("findscu", filled, "-S", "-v", "-k", "StudyInstanceUID", cwd=tmp_path)
    assert "DataSetDoesNotMatchSOPClass" in done.stdout
